// The messages that others answer. A message outside of the window is fetched when its quote comes
// into view, one at a time.

import { asWished, entryOf } from './entries.js';

// The entry with this offset, by bisection.
export function entryAt(entries, offset) {
    let low = 0;
    let high = entries.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (entries[middle].offset < offset) low = middle + 1;
        else high = middle;
    }
    return entries[low]?.offset === offset ? entries[low] : undefined;
}

export class Quotes {
    #wanted = []; // {room, offset}
    #changed;
    #busy = false;

    constructor(changed) {
        this.#changed = changed;
    }

    // The message, null if it is gone, or undefined if it is not known yet.
    find(room, { past, entry }) {
        const offset = entry.reply;
        const isIt = (one) => one.epoch === (entry.epoch ?? room.epoch) && one.offset === offset;
        const found = room.past.entries.find(isIt);
        if (found || past) return found ?? null;
        const here = entryAt(room.entries, offset);
        return here ? asWished(here, room.wishes) : room.quoted.get(offset);
    }

    want(room, offset) {
        const isIt = (one) => one.room === room && one.offset === offset;
        if (room.quoted.has(offset) || this.#wanted.some(isIt)) return;
        this.#wanted.push({ room, offset });
        this.render();
    }

    // Called whenever anything has changed, such as the connection.
    async render() {
        const next = this.#wanted.find(({ room }) => room.state === 'joined');
        if (this.#busy || !next) return;
        this.#busy = true;
        const { room, offset } = next;
        const { epoch } = room;
        const range = { before: offset + 1, limit: 1 };
        try {
            const { messages } = await room.link.command('history', range);
            const found = messages.find((one) => one.offset === offset);
            if (room.epoch === epoch) this.#found(room, offset, found ? entryOf(found) : null);
            this.#wanted = this.#wanted.filter((one) => one !== next);
        } catch {
            // A lost connection, or a room that is closed now: when it is joined again.
            if (room.state === 'joined') this.#wanted = this.#wanted.filter((one) => one !== next);
        }
        this.#busy = false;
        this.#changed();
    }

    #found(room, offset, message) {
        room.quoted.set(offset, message);
        for (const entry of room.entries) if (entry.reply === offset) delete entry.item;
    }
}
