// The user's rooms: joining, resuming and leaving them, which room is shown, and what is read.

import { CommandError, Disconnected } from './commands.js';
import { keyOf } from './names.js';
import { Room } from './room.js';
import { wordsForError } from './words.js';

const firstRoom = 'lobby';
const snapshotLimit = 100;
const resumeLimit = 200;

export class Rooms {
    current = null; // the Room that is shown
    problem = ''; // why the last attempt to join failed
    #all = new Map(); // key → Room
    #commands;
    #record;
    #events;

    // `events`: changed(), entered(room, reply), forgotten(room).
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

    // The rooms of the last visit, and the room that the address of the page names.
    restore(wanted) {
        const known = this.#record.roomNames;
        const names = known.length > 0 ? known : [firstRoom];
        this.#all = new Map();
        for (const name of wanted ? [...names, wanted] : names) {
            if (!this.named(name)) this.#all.set(keyOf(name), new Room(name));
        }
        this.current = this.named(wanted || names[0]);
    }

    // Joins the shown room first, and one room after the other, to respect the rate limit.
    async enterAll(me) {
        const others = this.list.filter((room) => room !== this.current);
        for (const room of [this.current, ...others]) {
            if (!room || this.get(room.key) !== room) continue;
            if (!(await this.#enter(room, me))) return;
        }
    }

    // Returns false if the connection was lost.
    async #enter(room, me) {
        try {
            const { name, since } = room;
            const limit = since ? resumeLimit : snapshotLimit;
            const command = { type: 'join', room: name, since, limit };
            const reply = await this.#commands.request(command);
            room.applyJoined(reply, me, this.#record.readTo(room));
            this.#respell(room);
            this.look();
            this.#events.entered(room, reply);
        } catch (error) {
            if (error instanceof Disconnected) return false;
            if (!(error instanceof CommandError)) throw error;
            room.state = 'refused';
            room.problem = wordsForError(error);
        }
        this.#events.changed();
        return true;
    }

    // The room may be open under another spelling, which only the server takes for the same name.
    #respell(room) {
        const key = keyOf(room.name);
        if (key === room.key) return;
        this.#all.delete(room.key);
        const same = this.get(key);
        if (!same) {
            room.key = key;
            this.#all.set(key, room);
        } else if (this.current === room) {
            this.#turnTo(same);
        }
    }

    // Without a connection, the room is joined after the next reconnect.
    async join(name, me) {
        this.problem = '';
        const known = this.named(name);
        if (known) {
            this.select(known);
            return;
        }
        const before = this.current;
        const room = new Room(name);
        this.#all.set(room.key, room);
        this.select(room);
        await this.#enter(room, me);
        if (room.state === 'refused') {
            this.problem = room.problem;
            this.#forget(room, before);
        }
        this.#record.saveSoon(this.list);
    }

    leave(room) {
        const command = { type: 'leave', room: room.name };
        if (room.state === 'joined') this.#commands.request(command).catch(() => {});
        this.#forget(room, null);
        this.#record.saveSoon(this.list);
    }

    #forget(room, next) {
        this.#all.delete(room.key);
        this.#events.forgotten(room);
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
        this.#record.saveSoon(this.list);
        this.#events.changed();
    }

    disconnected() {
        for (const room of this.#all.values()) room.disconnected();
    }
}
