// What somebody has begun to write, by room. It survives a reload of the tab, and the loss of the
// name; it goes when it is sent, and when the user leaves the room or signs out.

import { drafts, setDrafts } from './storage.js';

const saveAfter = 300;

export class Drafts {
    #texts = drafts();
    #timer = 0;

    constructor() {
        addEventListener('pagehide', () => this.#save());
        document.addEventListener('visibilitychange', () => this.#save());
    }

    of(room) {
        return this.#texts[room.key] ?? '';
    }

    set(room, text) {
        if (text === '') delete this.#texts[room.key];
        else this.#texts[room.key] = text;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#save(), saveAfter);
    }

    move(from, room) {
        const text = this.#texts[from];
        if (text === undefined) return;
        delete this.#texts[from];
        this.set(room, text);
    }

    // Of one room, or of all.
    forget(room) {
        if (room) delete this.#texts[room.key];
        else this.#texts = {};
        this.#save();
    }

    #save() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        setDrafts(this.#texts);
    }
}
