// The chat: who I am, which rooms I am in, and what the server says about them. It logs in again
// and resumes every room whenever the connection is back. The view reads it and calls it.

import { CommandError, Commands, Disconnected } from './commands.js';
import { Connection } from './connection.js';
import { keyOf, sameName } from './names.js';
import { Outbox } from './outbox.js';
import { Room } from './room.js';
import * as storage from './storage.js';
import { wordsForError } from './words.js';

const firstRoom = 'lobby';
const snapshotLimit = 100;
const pageLimit = 50;
const typingEvery = 3_000;
const noticeLasts = 4_000;

export class Chat {
    phase = 'login'; // 'login' | 'entering' | 'in'
    me = '';
    problem = ''; // what was wrong with the login
    joinProblem = '';
    rooms = new Map(); // key → Room
    current = null; // the Room being looked at
    notice = null; // {room, text}: who came or went just now
    textLimit = 4000;
    #changed;
    #session;
    #read = {};
    #commands;
    #typedAt = 0;
    #saveTimer = 0;

    constructor(address, changed) {
        this.#changed = changed;
        this.connection = new Connection(address, {
            opened: () => this.#logIn(),
            received: (push) => this.#received(push),
            closed: () => this.#closed(),
            changed,
            probe: () => this.#probe(),
        });
        this.#commands = new Commands(this.connection);
        this.outbox = new Outbox(this.#commands, (key) => this.rooms.get(key), changed);
        addEventListener('pagehide', () => this.#save());
        document.addEventListener('visibilitychange', () => this.look());
    }

    // Logging in and out

    enter(name, roomName) {
        const record = storage.userRecord(keyOf(name));
        const names = record.rooms.length > 0 ? record.rooms : [firstRoom];
        if (roomName) names.unshift(roomName);
        this.me = name;
        this.problem = '';
        this.#session = record.session;
        this.#read = record.read;
        this.rooms = new Map();
        for (const each of names) {
            if (!this.rooms.has(keyOf(each))) this.rooms.set(keyOf(each), new Room(each));
        }
        this.current = this.rooms.get(keyOf(names[0]));
        this.outbox.restore(keyOf(name));
        this.phase = 'entering';
        this.connection.open();
        this.#changed();
    }

    signOut() {
        this.#save({ session: undefined });
        this.#backToLogin('');
    }

    #backToLogin(problem) {
        storage.setTabName('');
        this.phase = 'login';
        this.problem = problem;
        this.connection.close();
        this.#closed();
        this.#changed();
    }

    async #logIn() {
        const command = { type: 'login', user: this.me, join: false };
        if (this.#session) command.session = this.#session;
        try {
            this.#welcomed(await this.#commands.request(command));
        } catch (error) {
            if (error instanceof Disconnected) return;
            if (!(error instanceof CommandError)) throw error;
            if (error.code === 'bad_token' && this.#session) {
                this.#session = undefined;
                await this.#logIn();
                return;
            }
            this.#backToLogin(wordsForError(error, 'user'));
        }
    }

    #welcomed(welcome) {
        this.phase = 'in';
        this.me = welcome.user;
        this.#session = welcome.session;
        this.textLimit = welcome.limits?.text ?? this.textLimit;
        storage.setLastName(this.me);
        storage.setTabName(this.me);
        this.#save();
        this.#changed();
        this.#enterRooms();
    }

    // The room being looked at first; one after the other, so that many rooms are no flood.
    async #enterRooms() {
        const others = [...this.rooms.values()].filter((room) => room !== this.current);
        for (const room of [this.current, ...others]) {
            if (!room || this.rooms.get(room.key) !== room) continue;
            if (!(await this.#enterRoom(room))) return;
        }
    }

    // Whether to go on: false when the connection went.
    async #enterRoom(room) {
        try {
            const { name, since } = room;
            const limit = since ? 200 : snapshotLimit;
            const command = { type: 'join', room: name, since, limit };
            this.#joined(room, await this.#commands.request(command));
        } catch (error) {
            if (error instanceof Disconnected) return false;
            if (!(error instanceof CommandError)) throw error;
            room.state = 'refused';
            room.problem = wordsForError(error, 'room');
        }
        this.#changed();
        return true;
    }

    #joined(room, reply) {
        room.applyJoined(reply, this.me, this.#read[room.key]);
        for (const message of reply.messages) this.#mine(message);
        this.look();
        this.outbox.pump();
    }

    // Rooms

    async join(name) {
        const key = keyOf(name);
        this.joinProblem = '';
        if (this.rooms.has(key)) {
            this.select(key);
            return;
        }
        const room = new Room(name);
        this.rooms.set(key, room);
        const before = this.current;
        this.select(key);
        if (this.phase !== 'in') return;
        await this.#enterRoom(room);
        if (room.state === 'refused') {
            this.joinProblem = room.problem;
            this.#forget(room, before);
        }
        this.#saveSoon();
    }

    leave(room) {
        const command = { type: 'leave', room: room.name };
        if (room.state === 'joined') this.#commands.request(command).catch(() => {});
        this.#forget(room, null);
        this.#saveSoon();
    }

    #forget(room, next) {
        this.rooms.delete(room.key);
        for (const item of this.outbox.of(room)) this.outbox.discard(item);
        if (this.current !== room) return;
        this.current = null;
        const remaining = next && this.rooms.has(next.key) ? next : [...this.rooms.values()][0];
        if (remaining) this.select(remaining.key);
        this.#changed();
    }

    select(key) {
        const room = this.rooms.get(key);
        if (!room || room === this.current) return;
        if (this.current) this.current.newFrom = null;
        this.current = room;
        room.following = true;
        this.joinProblem = '';
        this.look();
        this.#changed();
    }

    // The eyes are on the newest message of the current room.
    look() {
        const room = this.current;
        if (!room || document.hidden || !room.following || !room.atEnd) return;
        if (room.state !== 'joined' || room.readTo === room.position) return;
        room.markRead();
        this.#saveSoon();
        this.#changed();
    }

    get unread() {
        let sum = 0;
        for (const room of this.rooms.values()) sum += room.unread;
        return sum;
    }

    // Messages

    say(text) {
        const room = this.current;
        if (!room) return;
        room.newFrom = null;
        room.following = true;
        this.#typedAt = 0;
        this.outbox.add(keyOf(this.me), room, text);
        if (!room.atEnd) this.newest(room);
    }

    typed() {
        const now = Date.now();
        const room = this.current;
        if (room?.state !== 'joined' || now - this.#typedAt < typingEvery) return;
        this.#typedAt = now;
        this.#commands.tell({ type: 'typing', room: room.name });
    }

    async older(room) {
        if (room.older !== 'unknown' || room.state !== 'joined' || !room.first) return;
        room.older = 'loading';
        const reply = await this.#history(room, { before: room.first.offset, limit: pageLimit });
        if (reply) room.prepend(reply.messages, reply.more);
        else room.older = 'unknown';
        this.#changed();
    }

    async newer(room) {
        if (room.atEnd || room.newer === 'loading' || room.state !== 'joined') return;
        room.newer = 'loading';
        const after = room.last?.offset ?? room.position;
        const reply = await this.#history(room, { after, limit: pageLimit });
        if (reply) room.append(reply.messages, reply.more);
        room.newer = 'unknown';
        this.look();
        this.#changed();
    }

    async newest(room) {
        room.following = true;
        if (!room.atEnd && room.state === 'joined') {
            const before = room.position + 1;
            const reply = await this.#history(room, { before, limit: snapshotLimit });
            if (reply) room.replace(reply.messages, reply.more);
        }
        this.look();
        this.#changed();
    }

    async #history(room, range) {
        this.#changed();
        const epoch = room.epoch;
        try {
            const command = { type: 'history', room: room.name, ...range };
            const reply = await this.#commands.request(command);
            return room.epoch === epoch ? reply : null;
        } catch (error) {
            if (error instanceof CommandError || error instanceof Disconnected) return null;
            throw error;
        }
    }

    // What the server says

    #received(push) {
        if (this.#commands.settle(push)) return;
        const room = push.room === undefined ? undefined : this.rooms.get(keyOf(push.room));
        if (!room) return;
        if (push.type === 'message') {
            this.#mine(push);
            room.applyMessage(push, this.me);
            if (room === this.current) this.look();
        } else if (push.type === 'presence') {
            room.applyPresence(push);
            this.#announce(room, push);
        } else if (push.type === 'typing' && !sameName(push.user, this.me)) {
            room.applyTyping(push.user);
            setTimeout(this.#changed, 5_100);
        } else if (push.type === 'deleted') {
            room.applyDeleted(push.offset);
        }
        this.#changed();
    }

    #mine(message) {
        if (message.id && sameName(message.user, this.me)) this.outbox.arrived(message.id);
    }

    #announce(room, push) {
        if (push.event === 'count' || sameName(push.user, this.me)) return;
        const notice = { room, text: `${push.user} ${push.event === 'join' ? 'joined' : 'left'}` };
        this.notice = notice;
        setTimeout(() => {
            if (this.notice === notice) this.notice = null;
            this.#changed();
        }, noticeLasts);
    }

    #closed() {
        this.#commands.abandon();
        for (const room of this.rooms.values()) {
            room.state = 'away';
            room.typing.clear();
            if (room.older === 'loading') room.older = 'unknown';
        }
    }

    // Is anybody there? Any answer will do, an error too.
    #probe() {
        if (this.phase !== 'in' || !this.current) return;
        const command = { type: 'who', room: this.current.name };
        this.#commands.request(command).catch(() => {});
        this.connection.expect(5_000);
    }

    #saveSoon() {
        clearTimeout(this.#saveTimer);
        this.#saveTimer = setTimeout(() => this.#save(), 500);
    }

    #save(changes = {}) {
        if (this.phase !== 'in') return;
        const read = {};
        for (const { key, epoch, readTo } of this.rooms.values()) {
            if (epoch !== null && readTo !== null) read[key] = { epoch, offset: readTo };
            else if (this.#read[key]) read[key] = this.#read[key];
        }
        this.#read = read;
        const names = [...this.rooms.values()].map((room) => room.name);
        storage.keepUserRecord(keyOf(this.me), {
            session: this.#session, rooms: names, read, ...changes,
        });
    }
}
