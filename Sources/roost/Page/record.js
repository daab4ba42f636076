// What this browser stores about one user between visits: the session that proves the name, the
// rooms, and how far each room was read.

import { keyOf } from './names.js';
import { keepUserRecord, userRecord } from './storage.js';

const saveAfter = 500;

export class Record {
    #key = '';
    #stored = { session: undefined, rooms: [], read: {} };
    #timer = 0;

    load(user) {
        this.#key = keyOf(user);
        this.#stored = userRecord(this.#key);
    }

    get session() {
        return this.#stored.session;
    }

    set session(session) {
        this.#stored.session = session;
    }

    get roomNames() {
        return this.#stored.rooms;
    }

    // {epoch, offset} up to which this user has read the room, or undefined.
    readTo(room) {
        return this.#stored.read[room.key];
    }

    saveSoon(rooms) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.save(rooms), saveAfter);
    }

    // Rooms that have not been joined in this visit keep their stored position.
    save(rooms) {
        clearTimeout(this.#timer);
        const { session, read: before } = this.#stored;
        const read = {};
        for (const { key, epoch, readTo } of rooms) {
            if (epoch !== null && readTo !== null) read[key] = { epoch, offset: readTo };
            else if (before[key]) read[key] = before[key];
        }
        this.#stored = { session, rooms: rooms.map(({ name }) => name), read };
        keepUserRecord(this.#key, this.#stored);
    }
}
