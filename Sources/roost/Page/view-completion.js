// The list of names above the field, as soon as somebody writes @: arrow keys choose, Enter and Tab
// take, Escape closes. Tab alone completes the word that was begun. The focus stays in the field.

import { candidates, nameBefore } from './completion.js';
import { byID, composes, element, setHidden, setText } from './dom.js';
import { words } from './language.js';
import { sameName } from './names.js';
import { avatar } from './view-message.js';

export class CompletionView {
    #chat;
    #field = byID('message');
    #list = byID('names');
    #said = byID('names-said');
    #names = [];
    #at = 0;
    #place = null; // {start, prefix} of what is written
    #room = null;

    constructor(chat) {
        this.#chat = chat;
        // Before the composer's own handler, for which Enter sends.
        byID('composer').addEventListener('keydown', (event) => {
            if (event.target === this.#field && !composes(event) && this.#takes(event)) {
                event.preventDefault();
                event.stopPropagation();
            }
        }, true);
        this.#field.addEventListener('input', (event) => {
            if (!event.isComposing) this.#look();
        });
        this.#field.addEventListener('compositionend', () => this.#look());
        for (const type of ['blur', 'click']) {
            this.#field.addEventListener(type, () => this.#close());
        }
        // Not a click: the field would lose the focus first.
        this.#list.addEventListener('pointerdown', (event) => {
            event.preventDefault();
            const option = event.target.closest('[role="option"]');
            if (option) this.#take(option.dataset.name);
        });
    }

    render() {
        const room = this.#chat.rooms.current;
        if (room !== this.#room) this.#close();
        this.#room = room;
    }

    // Whether the key was for the list.
    #takes({ key, altKey, ctrlKey, metaKey, shiftKey }) {
        if (altKey || ctrlKey || metaKey || shiftKey) return false;
        if (this.#names.length === 0) return key === 'Tab' && this.#completeWord();
        switch (key) {
            case 'ArrowDown':
                this.#choose(this.#at + 1);
                return true;
            case 'ArrowUp':
                this.#choose(this.#at - 1);
                return true;
            case 'Enter':
            case 'Tab':
                // A name that is written in full needs no Enter, which sends the message then.
                if (key === 'Enter' && sameName(this.#names[this.#at], this.#place.prefix)) {
                    this.#close();
                    return false;
                }
                this.#take(this.#names[this.#at]);
                return true;
            case 'Escape':
                this.#close();
                return true;
            default:
                if (key.startsWith('Arrow') || key === 'Home' || key === 'End') this.#close();
                return false;
        }
    }

    #find(any) {
        const { value, selectionStart, selectionEnd } = this.#field;
        const room = this.#chat.rooms.current;
        if (!room || selectionStart !== selectionEnd) return [];
        this.#place = nameBefore(value, selectionStart, any);
        return this.#place ? candidates(this.#place.prefix, room, this.#chat.me) : [];
    }

    #look() {
        const names = this.#find(false);
        if (names.length === 0) this.#close();
        else this.#open(names);
    }

    #completeWord() {
        const names = this.#find(true);
        if (names.length === 0) return false;
        if (names.length === 1) this.#take(names[0]);
        else this.#open(names);
        return true;
    }

    #open(names) {
        this.#names = names;
        this.#list.replaceChildren(...names.map((name, index) => element('li', {
            role: 'option', id: `name-${index}`, dataset: { name },
        }, avatar(name), element('bdi', { className: 'label' }, name))));
        setHidden(this.#list, false);
        this.#choose(0);
        setText(this.#said, words('names.found', { count: names.length }));
    }

    #choose(index) {
        const count = this.#names.length;
        this.#at = (index + count) % count;
        [...this.#list.children].forEach((option, at) =>
            option.setAttribute('aria-selected', String(at === this.#at)));
        const chosen = this.#list.children[this.#at];
        chosen.scrollIntoView({ block: 'nearest' });
        this.#field.setAttribute('aria-activedescendant', chosen.id);
    }

    #close() {
        this.#names = [];
        setHidden(this.#list, true);
        this.#field.removeAttribute('aria-activedescendant');
        setText(this.#said, '');
    }

    #take(name) {
        const caret = this.#field.selectionStart;
        const blank = /^\s/u.test(this.#field.value.slice(caret)) ? '' : ' ';
        this.#field.setRangeText(`@${name}${blank}`, this.#place.start, caret, 'end');
        this.#close();
        this.#field.dispatchEvent(new Event('input', { bubbles: true }));
    }
}
