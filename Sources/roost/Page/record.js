// What this browser stores about one user between visits: the session that proves the name, the
// rooms, and how far each room was read. All tabs share it, so each writes only what it has changed
// itself, and hears what the others change.

import { keyOf } from './names.js';
import { keepUserRecord, onOtherTabs, setSeen, userRecord } from './storage.js';

const saveAfter = 500;

export class Record {
    session;
    #key = '';
    #unsaved = new Set(); // rooms that were read further
    #timer = 0;

    // `events`, for changes by other tabs: readElsewhere(), signedOutElsewhere().
    constructor(events) {
        onOtherTabs(() => {
            if (!this.#key) return;
            if (this.session && userRecord(this.#key).session === null) events.signedOutElsewhere();
            else events.readElsewhere();
        });
    }

    load(user) {
        this.#key = keyOf(user);
        this.session = this.storedSession ?? undefined;
    }

    // Another tab may have a newer session than this one: a restarted server gives new ones.
    get storedSession() {
        return userRecord(this.#key).session;
    }

    // The server has confirmed the name, perhaps in another spelling.
    keepSession(user, session) {
        this.#key = keyOf(user);
        this.session = session;
        this.#change((stored) => (stored.session = session));
    }

    // In the other tabs, too; but one of them may have a newer session already.
    forgetSession() {
        const { session } = this;
        this.#change((stored) => {
            if (stored.session === session) stored.session = null;
        });
        setSeen(this.#key, null);
        this.session = undefined;
        this.#key = '';
    }

    get roomNames() {
        return userRecord(this.#key).rooms;
    }

    // {epoch, offset} up to which this user has read the room, or undefined.
    readTo(room) {
        return userRecord(this.#key).read[room.key];
    }

    isPrivate(name) {
        return userRecord(this.#key).hidden.includes(keyOf(name));
    }

    // The offset at which the user has closed it, or undefined.
    closedAt(name) {
        return userRecord(this.#key).closed[keyOf(name)];
    }

    close(name, offset) {
        this.#change((stored) => (stored.closed[keyOf(name)] = offset));
    }

    // The server lists conversations: nobody else has to.
    joined(room) {
        this.#change((stored) => {
            delete stored.closed[room.key];
            stored.hidden = stored.hidden.filter((key) => key !== room.key);
            if (room.kind === 'direct') return;
            if (room.kind === 'private') stored.hidden.push(room.key);
            const at = stored.rooms.findIndex((name) => keyOf(name) === room.key);
            if (at < 0) stored.rooms.push(room.name);
            else stored.rooms[at] = room.name;
        });
        this.wasRead(room);
    }

    left(room) {
        this.#unsaved.delete(room);
        this.#change((stored) => {
            stored.rooms = stored.rooms.filter((name) => keyOf(name) !== room.key);
            stored.hidden = stored.hidden.filter((key) => key !== room.key);
            delete stored.read[room.key];
        });
    }

    wasRead(room) {
        this.#unsaved.add(room);
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.save(), saveAfter);
    }

    // Stores what was read. Of two tabs, the further position is right.
    save() {
        clearTimeout(this.#timer);
        if (this.#unsaved.size === 0) return;
        this.#change(({ read }) => {
            for (const { key, epochs, readEpoch, readTo } of this.#unsaved) {
                if (readEpoch === null || readTo === null) continue;
                const before = read[key];
                if (epochs.has(before?.epoch) && before.offset > readTo) continue;
                read[key] = { epoch: readEpoch, offset: readTo };
            }
        });
        this.#unsaved.clear();
    }

    #change(apply) {
        if (!this.#key) return;
        const stored = userRecord(this.#key);
        const before = JSON.stringify(stored);
        apply(stored);
        if (JSON.stringify(stored) !== before) keepUserRecord(this.#key, stored);
    }
}
