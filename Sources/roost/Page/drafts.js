// What somebody has begun to write, by room, and the message that it answers. It survives a reload of
// the tab, and the loss of the name; it goes when it is sent, and when the user leaves the room or
// signs out.

import { entryOf } from './entries.js';
import { answered, drafts, setAnswered, setDrafts } from './storage.js';

const saveAfter = 300;
const isIt = ({ offset }) => (entry) => entry.offset === offset;

export class Drafts {
    #texts = drafts();
    #answered = answered(); // room key → {epoch, offset, user, text}
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

    // `entry`: the message that is answered from now on, or null.
    answer(room, entry) {
        room.answered = entry;
        const { offset, user, text } = entry ?? {};
        if (entry) this.#answered[room.key] = { epoch: room.placeEpoch, offset, user, text };
        else delete this.#answered[room.key];
        this.#save();
    }

    // The room is there, after a reload: the message may not be among its newest.
    restore(room) {
        const kept = this.#answered[room.key];
        if (!kept || room.answered) return;
        if (!room.epochs.has(kept.epoch)) this.answer(room, null);
        else room.answered = room.entries.find(isIt(kept)) ?? entryOf(kept);
    }

    move(from, room) {
        for (const kept of [this.#texts, this.#answered]) {
            if (from in kept) kept[room.key] = kept[from];
            delete kept[from];
        }
        this.#save();
    }

    // Of one room, or of all.
    forget(room) {
        for (const kept of [this.#texts, this.#answered]) {
            for (const key of room ? [room.key] : Object.keys(kept)) delete kept[key];
        }
        this.#save();
    }

    #save() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        setDrafts(this.#texts);
        setAnswered(this.#answered);
    }
}
