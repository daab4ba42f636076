// How far the user has read, the same on all devices: the server says it after each login (`mine`),
// and hears it while the user reads (`read`). Where a server cannot do this, the browser's storage
// alone knows it.

import { keyOf } from './names.js';

const restBetween = 1_000;

export const can = (roost, what) => roost.welcome?.capabilities?.includes(what) === true;

export class Reads {
    #roost;
    #known = new Map(); // room key → {offset, read, unread, mentions}, as in the reply to `mine`
    #waiting = new Set(); // rooms that were read further than the server knows
    #timer = 0;
    #lastSent = -Infinity;

    constructor(roost) {
        this.#roost = roost;
        addEventListener('pagehide', () => this.#send());
        document.addEventListener('visibilitychange', () => {
            if (document.hidden) this.#send();
        });
    }

    // The user's rooms at the server. Asked for before the rooms are joined, so that each knows it.
    async ask() {
        if (!can(this.#roost, 'mine')) return [];
        const reply = await this.#roost.command('mine').catch(() => null);
        if (!reply) return [];
        this.#known = new Map(reply.rooms.map((one) => [keyOf(one.room), one]));
        return reply.rooms;
    }

    of(room) {
        return this.#known.get(room.key);
    }

    // Somebody has opened a conversation by writing what comes after this offset.
    began({ room, offset }) {
        const key = keyOf(room);
        if (this.#known.has(key)) return;
        this.#known.set(key, { offset, read: offset, unread: 0, mentions: 0 });
    }

    // On another connection of this user.
    heard(room, { offset }) {
        if (offset <= (this.of(room)?.read ?? -1)) return;
        this.#known.set(room.key, { offset, read: offset, unread: 0, mentions: 0 });
    }

    forget(room) {
        this.#waiting.delete(room);
    }

    // The user sees everything in this room.
    note(room) {
        if (!can(this.#roost, 'read') || room.readTo <= (this.of(room)?.read ?? 0)) return;
        this.#waiting.add(room);
        this.goOn();
    }

    // Once a second at most. What could not be sent waits for the next connection.
    goOn() {
        if (this.#timer || this.#waiting.size === 0) return;
        const rest = this.#lastSent + restBetween - performance.now();
        this.#timer = setTimeout(() => this.#send(), Math.max(0, rest));
    }

    #send() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        const joined = [...this.#waiting].filter(({ state }) => state === 'joined');
        if (joined.length > 0) this.#lastSent = performance.now();
        for (const room of joined) this.#tell(room);
    }

    async #tell(room) {
        this.#waiting.delete(room);
        const offset = room.readTo;
        try {
            await room.link.command('read', { offset });
            this.heard(room, { offset });
        } catch {
            this.#waiting.add(room);
        }
    }
}
