// A sentence above the messages: somebody invites this user to a private room.

import { said } from './dialogs.js';
import { byID, element, setHidden, setText } from './dom.js';
import { words } from './language.js';

export class InvitationsView {
    #chat;
    #words = element('span');
    #bar;

    constructor(chat, panels) {
        this.#chat = chat;
        const enter = said('button', 'invited.enter', { type: 'button', className: 'link' });
        const later = said('button', 'invited.later', { type: 'button', className: 'link' });
        this.#bar = element('div', { id: 'invited', className: 'bar', role: 'alert', hidden: true },
            this.#words, enter, later);
        enter.addEventListener('click', async () => {
            await chat.join(this.#first.room, 'private');
            panels.chosen();
        });
        later.addEventListener('click', () => {
            chat.rooms.decline(this.#first.room);
            panels.chosen();
        });
        byID('note').after(this.#bar);
    }

    get #first() {
        return this.#chat.rooms.invitations[0];
    }

    render() {
        const first = this.#first;
        const sentence = first?.user
            ? words('invited.by', { name: first.user, room: first.room })
            : words('invited', { room: first?.room ?? '' });
        setText(this.#words, first ? sentence : '');
        setHidden(this.#bar, !first);
    }
}
