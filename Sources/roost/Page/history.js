// Loads pages of older messages as the user scrolls up, newer ones on the way down, or the newest.

import { CommandError, Disconnected } from './commands.js';

const pageLimit = 50;
const snapshotLimit = 100;
const restLimit = 200;

export class History {
    #roost;
    #changed;

    constructor(roost, changed) {
        this.#roost = roost;
        this.#changed = changed;
    }

    async older(room) {
        if (room.older !== 'unknown' || room.state !== 'joined' || !room.first) return;
        room.older = 'loading';
        const range = { before: room.first.offset, limit: pageLimit };
        await this.#page(room, range, (messages, more) => room.prepend(messages, more), 'older');
    }

    // All messages after a resumed join that had no place for them, for a reader at the bottom.
    // How many a page has is the server's choice.
    async rest(room) {
        while (room.following && !room.atEnd && room.newer === 'unknown'
            && room.state === 'joined') await this.newer(room, restLimit);
    }

    async newer(room, limit = pageLimit) {
        if (room.atEnd || room.newer !== 'unknown' || room.state !== 'joined') return;
        room.newer = 'loading';
        const range = { after: room.last?.offset ?? room.position, limit };
        await this.#page(room, range, (messages, more) => room.append(messages, more), 'newer');
        if (room.newer === 'loading') room.newer = 'unknown';
    }

    // The messages around one to which a link leads.
    async around(room, offset) {
        room.following = false;
        const range = { before: offset + pageLimit / 2, limit: pageLimit };
        await this.#page(room, range, (messages, more) => room.replace(messages, more));
    }

    async newest(room) {
        room.following = true;
        this.#changed();
        if (room.atEnd || room.state !== 'joined') return;
        const range = { before: room.position + 1, limit: snapshotLimit };
        await this.#page(room, range, (messages, more) => room.replace(messages, more));
    }

    // Requests a page and applies it, unless the room's epoch has changed meanwhile. A direction
    // that the server refuses is not requested again before the next connection.
    async #page(room, range, apply, direction) {
        this.#changed();
        const { epoch, name } = room;
        try {
            const reply = await this.#roost.command('history', { room: name, ...range });
            if (room.epoch === epoch) apply(reply.messages, reply.more);
        } catch (error) {
            if (error instanceof CommandError) {
                if (direction) room[direction] = 'refused';
            } else if (!(error instanceof Disconnected)) {
                throw error;
            }
        }
        this.#changed();
    }
}
