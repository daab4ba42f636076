// Above the field: the message that is answered or edited, with a button that ends this. Escape
// does so too; the arrow up in an empty field edits one's last message.

import { byID, composes, element, icon, setHidden, setText } from './dom.js';
import { words } from './language.js';
import { gist } from './view-extras.js';

export class WritingView {
    #chat;
    #deeds;
    #field = byID('message');
    #bar;
    #what = element('span', { id: 'writing-what', className: 'what' });
    #gist = element('span', { id: 'writing-gist', className: 'gist' });
    #stop = element('button', { type: 'button', className: 'icon-button' }, icon('close'));
    #shown = null;

    constructor(chat, deeds) {
        this.#chat = chat;
        this.#deeds = deeds;
        this.#bar = element('div', { id: 'writing', className: 'writing', hidden: true },
            this.#what, this.#gist, this.#stop);
        this.#field.parentNode.before(this.#bar);
        this.#field.setAttribute('aria-describedby', 'writing-what writing-gist counter');
        this.#stop.addEventListener('click', () => deeds.stop());
        this.#field.addEventListener('keydown', (event) => this.#pressed(event));
    }

    #pressed(event) {
        const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
        if (composes(event) || altKey || ctrlKey || metaKey || shiftKey) return;
        const room = this.#chat.rooms.current;
        if (key === 'Escape' && (room?.editing || room?.answered)) {
            event.stopPropagation();
            this.#deeds.stop();
        } else if (key === 'ArrowUp' && this.#field.value === '' && !room?.editing) {
            if (this.#deeds.editLast()) event.preventDefault();
        }
    }

    render() {
        const room = this.#chat.rooms.current;
        const message = room?.editing?.entry ?? room?.answered ?? null;
        setHidden(this.#bar, !message);
        if (!message) {
            this.#shown = null;
            // Hidden words would still describe the field.
            setText(this.#what, '');
            this.#gist.replaceChildren();
            return;
        }
        this.#stop.setAttribute('aria-label', words(room.editing ? 'edit.stop' : 'reply.stop'));
        setText(this.#what, words(room.editing ? 'edit.now' : 'reply.now'));
        const shown = [message.offset, message.text, message.deleted, !room.editing].join(' ');
        if (shown === this.#shown) return;
        this.#shown = shown;
        const [author, line] = gist(message, this.#chat.me);
        this.#gist.replaceChildren(...(room.editing ? [line] : [author, line]));
    }
}
