// Pages of the past: upwards as the reader scrolls, back down again, or to the present at once.

import { CommandError, Disconnected } from './commands.js';

const pageLimit = 50;
const snapshotLimit = 100;

export class History {
    #commands;
    #changed;

    constructor(commands, changed) {
        this.#commands = commands;
        this.#changed = changed;
    }

    async older(room) {
        if (room.older !== 'unknown' || room.state !== 'joined' || !room.first) return;
        room.older = 'loading';
        this.#changed();
        const reply = await this.#page(room, { before: room.first.offset, limit: pageLimit });
        if (reply) room.prepend(reply.messages, reply.more);
        else room.older = 'unknown';
        this.#changed();
    }

    async newer(room) {
        if (room.atEnd || room.newer === 'loading' || room.state !== 'joined') return;
        room.newer = 'loading';
        const after = room.last?.offset ?? room.position;
        const reply = await this.#page(room, { after, limit: pageLimit });
        if (reply) room.append(reply.messages, reply.more);
        room.newer = 'unknown';
        this.#changed();
    }

    async newest(room) {
        room.following = true;
        if (!room.atEnd && room.state === 'joined') {
            const before = room.position + 1;
            const reply = await this.#page(room, { before, limit: snapshotLimit });
            if (reply) room.replace(reply.messages, reply.more);
        }
        this.#changed();
    }

    // Null where the server would not, or the room's numbering is another one by now.
    async #page(room, range) {
        const { epoch, name } = room;
        try {
            const reply = await this.#commands.request({ type: 'history', room: name, ...range });
            return room.epoch === epoch ? reply : null;
        } catch (error) {
            if (error instanceof CommandError || error instanceof Disconnected) return null;
            throw error;
        }
    }
}
