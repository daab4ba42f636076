// The user's rooms: joining, resuming and leaving them, which room is shown, and what is read.

import { CommandError, Disconnected } from './commands.js';
import { keyOf } from './names.js';
import { Room } from './room.js';
import { wordsForError } from './words.js';

const firstRoom = 'lobby';
const snapshotLimit = 100;
const resumeLimit = 200;
const nameLimit = 64;
const wordsForLength = `No such room: a room's name has at most ${nameLimit} characters.`;

// With these errors no room of this name will ever be joined.
const hopeless = new Set(['bad_name', 'bad_request', 'not_found']);

export class Rooms {
    current = null; // the Room that is shown
    problem = ''; // why the last attempt to join failed
    #all = new Map(); // key → Room
    #commands;
    #record;
    #events;

    // `events`: changed(), entered(room, reply), renamed(key, room).
    constructor(commands, record, events) {
        this.#commands = commands;
        this.#record = record;
        this.#events = events;
        document.addEventListener('visibilitychange', () => this.look());
    }

    get list() {
        return [...this.#all.values()];
    }

    get(key) {
        return this.#all.get(key);
    }

    named(name) {
        return this.#all.get(keyOf(name));
    }

    get unread() {
        return this.list.reduce((sum, room) => sum + room.unread, 0);
    }

    // The rooms of the last visit, those in which messages wait, and the room that the address of
    // the page names.
    restore(wanted, places) {
        this.problem = '';
        const known = this.#record.roomNames;
        const names = known.length > 0 ? known : [firstRoom];
        this.#all = new Map();
        for (const name of [...names, ...places]) this.#add(name);
        this.current = this.named(names[0]);
        if (wanted.length > nameLimit * 2) this.problem = wordsForLength;
        else if (wanted) this.current = this.#add(wanted);
    }

    #add(name) {
        const room = this.named(name) ?? new Room(name);
        this.#all.set(room.key, room);
        return room;
    }

    // Joins the shown room first, and one room after the other, to respect the rate limit.
    async enterAll(me, restarted) {
        const others = this.list.filter((room) => room !== this.current);
        for (const room of [this.current, ...others]) {
            if (!room || this.get(room.key) !== room) continue;
            if (!(await this.#enter(room, me, restarted))) return;
        }
    }

    // Returns false if the connection was lost.
    async #enter(room, me, restarted = false, next = null) {
        try {
            const { name, since } = room;
            const limit = since ? resumeLimit : snapshotLimit;
            const command = { type: 'join', room: name, since, limit, more: true };
            const reply = await this.#commands.request(command);
            if (this.get(room.key) !== room) return true; // left meanwhile
            this.#spell(room, reply.room);
            room.applyJoined(reply, me, this.#record.readTo(room), restarted);
            this.#record.joined(room);
            this.look();
            this.#events.entered(room, reply);
        } catch (error) {
            if (error instanceof Disconnected) return false;
            if (!(error instanceof CommandError)) throw error;
            room.state = 'refused';
            room.problem = wordsForError(error);
            if (hopeless.has(error.code) && room.epoch === null) this.#drop(room, next);
        }
        this.#events.changed();
        return true;
    }

    // The server may spell the name in another way than the user, even with another key.
    #spell(room, name) {
        const before = room.key;
        room.name = name;
        room.key = keyOf(name);
        if (room.key === before) return;
        this.#all = new Map(this.list.filter((one) => one === room || one.key !== room.key)
            .map((one) => [one.key, one]));
        if (this.current && this.get(this.current.key) !== this.current) this.current = room;
        this.#events.renamed(before, room);
    }

    // There is no such room, and there will be none: it does not stay in the list.
    #drop(room, next) {
        this.problem = `No room “${room.name}”: ${room.problem}`;
        this.#record.left(room);
        this.#forget(room, next);
    }

    // Without a connection, the room is joined after the next reconnect.
    async join(name, me) {
        this.problem = '';
        const known = this.named(name);
        if (known) {
            this.select(known);
            return;
        }
        if (name.length > nameLimit * 2) {
            this.problem = wordsForLength;
            this.#events.changed();
            return;
        }
        const before = this.current;
        const room = this.#add(name);
        this.select(room);
        await this.#enter(room, me, false, before);
        if (room.state === 'refused' && this.get(room.key) === room) {
            this.problem = room.problem;
            this.#forget(room, before);
        }
    }

    leave(room) {
        const command = { type: 'leave', room: room.name };
        if (room.state === 'joined') this.#commands.request(command).catch(() => {});
        this.problem = '';
        this.#record.left(room);
        this.#forget(room, null);
    }

    #forget(room, next) {
        this.#all.delete(room.key);
        if (this.current === room) {
            this.current = null;
            const remaining = next && this.get(next.key) === next ? next : this.list[0];
            if (remaining) this.#turnTo(remaining);
        }
        this.#events.changed();
    }

    select(room) {
        this.problem = '';
        if (room !== this.current) this.#turnTo(room);
        this.#events.changed();
    }

    #turnTo(room) {
        if (this.current) this.current.newFrom = null;
        this.current = room;
        room.following = true;
        this.look();
    }

    // True if the user is looking at the newest message of this room.
    watches(room) {
        return room === this.current && !document.hidden && room.following && room.atEnd;
    }

    // Marks the current room as read if the user is looking at its newest message.
    look() {
        const room = this.current;
        if (!room || !this.watches(room) || room.state !== 'joined') return;
        if (room.unread === 0 && room.readTo === room.position) return;
        room.markRead();
        this.#record.wasRead(room);
        this.#events.changed();
    }

    // Another tab may have read further.
    readElsewhere(me) {
        const further = this.list.filter((room) => room.readElsewhere(this.#record.readTo(room), me));
        if (further.length > 0) this.#events.changed();
    }

    disconnected() {
        for (const room of this.#all.values()) room.disconnected();
    }
}
