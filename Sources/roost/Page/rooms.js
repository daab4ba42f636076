// The user's rooms: joining, resuming and leaving them, which room is shown, and what is read.

import { Disconnected } from './commands.js';
import { words } from './language.js';
import { isConversation, keyOf, sameName } from './names.js';
import { Reads } from './reads.js';
import { Room } from './room.js';
import { wordsForError } from './words.js';

const firstRoom = 'lobby';
const snapshotLimit = 100;
const shortSnapshot = 20; // there may be many conversations
const nameLimit = 64;
const wordsForLength = () => words('rooms.length', { count: nameLimit });

// With these errors no room of this name will ever be joined.
const hopeless = new Set(['bad_name', 'bad_request', 'not_found']);

export class Rooms {
    current = null; // the Room that is shown
    problem = ''; // why the last attempt to join failed
    invitations = []; // private rooms that this user may enter, and has not: {room, user}
    #all = new Map(); // key → Room
    #reads;
    #roost;
    #record;
    #events;
    #tried = ''; // the private room that this user has opened, or has not: the connection was lost
    #restarted = new Set(); // rooms to be joined again after a restart that lost the user, too
    #cameFrom = new Map(); // room that is being opened → the room that was shown before

    // `events`: changed(), opened(room) for a room of which pushes shall be heard,
    // entered(room, reply), renamed(key, room).
    constructor(roost, record, events) {
        this.#roost = roost;
        this.#record = record;
        this.#events = events;
        this.#reads = new Reads(roost);
        roost.on('push', (push) => {
            if (push.type === 'direct') this.#begun(push);
            if (push.type === 'invited') this.#invited(push);
        });
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
        for (const { link } of this.list) link.leave();
        this.#all = new Map();
        for (const name of [...names, ...places]) this.#add(name);
        this.current = this.named(names[0]);
        if (wanted.length > nameLimit * 2) this.problem = wordsForLength();
        else if (wanted) this.current = this.#add(wanted);
        this.#roost.first = this.current?.link ?? null;
    }

    // A new room is joined as soon as there is a connection.
    #add(name, { last = snapshotLimit, kind } = {}) {
        const known = this.named(name);
        if (known) return known;
        const isPrivate = kind === 'private' || this.#record.isPrivate(name) || undefined;
        const link = this.#roost.join(name, { last, catchUp: false, private: isPrivate });
        const room = new Room(name, link);
        this.#all.set(room.key, room);
        link.on('joined', (reply) => this.#entered(room, reply));
        link.on('refused', (error) => this.#refused(room, error));
        link.on('new', () => {
            room.state = 'new';
            this.#events.changed();
        });
        link.on('read', (push) => {
            this.#reads.heard(room, push);
            if (room.readElsewhere(push, this.#roost.user)) this.#record.wasRead(room);
            this.#events.changed();
        });
        this.#events.opened(room);
        return room;
    }

    async welcomed(restarted) {
        this.#restarted = new Set(restarted ? this.list : []);
        const isNewHere = this.#record.roomNames.length === 0;
        const { welcome } = this.#roost;
        const mine = await this.#reads.ask();
        if (this.#roost.welcome === welcome) this.invitations = [];
        // One after the other, to respect the rate limit; and no more of them after another login,
        // which may be somebody else's.
        for (const one of mine) {
            if (this.#roost.welcome !== welcome) return;
            if (!this.named(one.room) && this.#opens(one, isNewHere)) {
                const last = Math.min(snapshotLimit, one.unread + shortSnapshot);
                await this.#add(one.room, { last, kind: one.kind }).link.attempt;
            }
        }
        this.#events.changed();
    }

    // Whether a room that the server lists belongs into this browser's list: conversations, unless
    // they were closed here and nothing is new; private rooms in which the user has been; and in a
    // browser that knows nothing yet, all of them.
    #opens({ room, kind, offset, read }, isNewHere) {
        const closedAt = this.#record.closedAt(room);
        if (kind === 'direct') return closedAt === undefined || offset > closedAt;
        if (closedAt !== undefined) return false;
        if (kind === 'private' && read === 0) this.invitations.push({ room, user: '' });
        return read > 0 && (kind === 'private' || isNewHere);
    }

    // Somebody has written to this user, or this user has on another device.
    #begun(push) {
        this.#reads.began(push);
        const room = this.#add(push.room);
        if (room.epoch === null) room.begunAt = push.offset;
        this.#events.changed();
    }

    #invited({ room, user }) {
        if (this.named(room)) return;
        this.invitations = this.invitations.filter((one) => !sameName(one.room, room));
        this.invitations.push({ room, user });
        this.#events.changed();
    }

    // Not now: the list of rooms has it still.
    decline(name) {
        this.invitations = this.invitations.filter((one) => !sameName(one.room, name));
        this.#record.close(name, 0);
        this.#events.changed();
    }

    #entered(room, reply) {
        const me = this.#roost.user;
        this.#spell(room, reply.room);
        const restarted = this.#restarted.delete(room);
        const read = this.#record.readTo(room);
        room.applyJoined(reply, me, read, restarted, this.#reads.of(room));
        room.noted = -1;
        this.#record.joined(room);
        this.invitations = this.invitations.filter((one) => !sameName(one.room, room.name));
        this.look();
        this.#reads.goOn();
        this.#events.entered(room, reply);
        this.#events.changed();
    }

    #refused(room, error) {
        room.state = 'refused';
        room.problem = wordsForError(error);
        if (error.code === 'forbidden') room.verdict ??= {};
        // What waits for a private room stays there, whatever has become of it.
        const isKept = room.epoch !== null || this.#record.isPrivate(room.name);
        if (hopeless.has(error.code) && !isKept) this.#drop(room);
        this.#events.changed();
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
    #drop(room) {
        this.problem = words('rooms.missing', { room: room.title, problem: room.problem });
        this.#record.left(room);
        this.#forget(room);
    }

    // The conversation with somebody. It is in the lists of both when something is said.
    write(name) {
        return this.join(`@${this.#roost.user},${name}`);
    }

    // Opens a private room. Rejected with an error if the server refuses it. One whose answer was
    // lost may be there already.
    async create(name) {
        const isOurs = sameName(this.#tried, name);
        this.#tried = '';
        try {
            await this.#roost.command('create', { room: name });
        } catch (error) {
            if (error instanceof Disconnected) this.#tried = name;
            if (!isOurs || error.code !== 'name_taken') throw error;
        }
        await this.join(name, 'private');
    }

    // Without a connection, the room is joined after the next reconnect.
    async join(name, kind) {
        this.problem = '';
        const known = this.named(name);
        if (known) {
            this.select(known);
            return;
        }
        if (name.length > nameLimit * 2 && !isConversation(name)) {
            this.problem = wordsForLength();
            this.#events.changed();
            return;
        }
        const before = this.current;
        const room = this.#add(name, { kind });
        this.#cameFrom.set(room, before);
        this.select(room);
        await room.link.attempt;
        if (room.state === 'refused' && this.get(room.key) === room) {
            this.problem = room.problem;
            this.#forget(room);
        }
        this.#cameFrom.delete(room);
    }

    leave(room) {
        this.problem = '';
        this.#record.left(room);
        if (room.kind !== 'open') this.#record.close(room.name, room.position);
        this.#forget(room);
    }

    #forget(room) {
        room.link.leave();
        this.#reads.forget(room);
        this.#all.delete(room.key);
        if (this.current === room) {
            this.current = null;
            const next = this.#cameFrom.get(room);
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
        this.#roost.first = room.link;
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
        if (room.unread === 0 && room.noted === room.position) return;
        room.markRead();
        room.noted = room.position;
        this.#record.wasRead(room);
        this.#reads.note(room);
        this.#events.changed();
    }

    // Another tab may have read further.
    readElsewhere(me) {
        const further = this.list.filter(
            (room) => room.readElsewhere(this.#record.readTo(room), me));
        if (further.length > 0) this.#events.changed();
    }

    disconnected() {
        for (const room of this.#all.values()) room.disconnected();
    }
}
