// Messages that are not yet in their room. They are sent one at a time and in order, each with an
// id that makes a retry harmless. They survive a lost connection and a reload of the page.

import { CommandError, Disconnected } from './commands.js';
import { randomID } from './names.js';
import { setUnsent, unsent } from './storage.js';
import { wordsForError } from './words.js';

export class Outbox {
    // {id, user, room, text, at, state, problem}, where the state is 'waiting' | 'sending' | 'sent'
    // | 'failed'
    items = [];
    #commands;
    #rooms;
    #changed;
    #busy = false;

    constructor(commands, rooms, changed) {
        this.#commands = commands;
        this.#rooms = rooms;
        this.#changed = changed;
    }

    // Loads the unsent messages that this user had before a reload of the page.
    restore(user) {
        this.items = unsent().filter((item) => item.user === user);
        for (const item of this.items) if (item.state !== 'failed') item.state = 'waiting';
    }

    of(room) {
        return this.items.filter((item) => item.room === room.key);
    }

    add(user, room, text) {
        const at = new Date().toISOString();
        this.items.push({ id: randomID(), user, room: room.key, text, at, state: 'waiting' });
        this.#keep();
        this.pump();
    }

    retry(item) {
        item.state = 'waiting';
        this.#keep();
        this.pump();
    }

    discard(item) {
        this.items = this.items.filter((other) => other !== item);
        this.#keep();
    }

    forget(room) {
        this.items = this.items.filter((item) => item.room !== room.key);
        this.#keep();
    }

    // The room has published the message, so it has arrived even if the reply was lost.
    arrived(id) {
        const item = this.items.find((candidate) => candidate.id === id);
        if (item) this.discard(item);
    }

    async pump() {
        if (this.#busy) return;
        const item = this.items.find(
            ({ state, room }) => state === 'waiting' && this.#rooms.get(room)?.state === 'joined');
        if (!item) return;
        this.#busy = true;
        await this.#send(item, this.#rooms.get(item.room));
        this.#busy = false;
        this.#keep();
        if (item.state !== 'waiting') this.pump();
    }

    async #send(item, room) {
        item.state = 'sending';
        this.#changed();
        try {
            const { name } = room;
            const { id, text } = item;
            const reply = await this.#commands.request({ type: 'message', room: name, text, id });
            item.state = 'sent';
            // The message's push came before this reply, or will come right after it.
            if (reply.offset <= room.position) this.discard(item);
        } catch (error) {
            if (error instanceof Disconnected) {
                item.state = 'waiting';
            } else {
                item.state = 'failed';
                item.problem = wordsForError(error);
                if (!(error instanceof CommandError)) console.error(error);
            }
        }
    }

    #keep() {
        setUnsent(this.items);
        this.#changed();
    }
}
