// A link to a message: its room is opened at the message, with what is around it, and the message
// stands out for a while.

import { words } from './language.js';

export class LinkView {
    #chat;
    #view;
    #wanted = null; // {room, offset}
    #search = ''; // '' | 'asking' | 'answered'

    constructor(chat, view) {
        this.#chat = chat;
        this.#view = view;
    }

    render() {
        const place = this.#view.takePlace();
        if (place) {
            this.#wanted = place;
            this.#search = '';
        }
        if (this.#wanted) this.#look(this.#wanted);
    }

    #look({ room: name, offset }) {
        const room = this.#chat.rooms.named(name);
        // It is not joined yet; or never will be, and the page says why.
        if (!room || room.state !== 'joined' || room !== this.#chat.rooms.current) return;
        const entry = room.entries.find((one) => one.offset === offset && !room.isPast(one));
        if (entry) {
            this.#wanted = null;
            this.#view.showMessage(entry);
        } else if (this.#search === '' && offset >= 1 && offset <= room.position) {
            this.#search = 'asking';
            this.#chat.history.around(room, offset).then(() => {
                // A lost connection is no answer.
                if (this.#search === 'asking') {
                    this.#search = room.state === 'joined' ? 'answered' : '';
                }
                this.#view.schedule();
            });
        } else if (this.#search !== 'asking') {
            this.#wanted = null;
            this.#view.say(words('link.gone'));
        }
    }
}
