// The state of the chat: this user, the joined rooms, and the server's messages about them. After
// each reconnect it logs in again and resumes every room. The view reads it and calls its methods.

import { CommandError, Commands, Disconnected } from './commands.js';
import { Connection } from './connection.js';
import { History } from './history.js';
import { keyOf, sameName } from './names.js';
import { Outbox } from './outbox.js';
import { Record } from './record.js';
import { typingLasts } from './room.js';
import { Rooms } from './rooms.js';
import { setLastName, setTabName } from './storage.js';
import { wordsForError } from './words.js';

const typingEvery = 3_000;
const noticeLasts = 4_000;

export class Chat {
    phase = 'login'; // 'login' | 'entering' | 'in'
    me = '';
    problem = ''; // why the login failed
    notice = null; // {room, text}: who just joined or left
    textLimit = 4000;
    #record = new Record();
    #commands;
    #changed;
    #typedAt = 0;

    // `changed()` is called whenever there is something new to show.
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
        this.history = new History(this.#commands, changed);
        this.rooms = new Rooms(this.#commands, this.#record, {
            changed,
            entered: (room, reply) => this.#entered(reply),
            forgotten: (room) => this.outbox.forget(room),
        });
        this.outbox = new Outbox(this.#commands, this.rooms, changed);
        addEventListener('pagehide', () => this.#save());
        document.addEventListener('visibilitychange', () => this.#save());
    }

    // Logging in and out

    enter(name, roomName) {
        this.me = name;
        this.problem = '';
        this.phase = 'entering';
        this.#record.load(name);
        this.rooms.restore(roomName);
        this.outbox.restore(keyOf(name));
        this.connection.open();
        this.#changed();
    }

    signOut() {
        // The session is kept: for a while the server reserves the name for it.
        this.#save();
        this.#backToLogin('');
    }

    #backToLogin(problem) {
        setTabName('');
        this.phase = 'login';
        this.problem = problem;
        this.connection.close();
        this.#closed();
        this.#changed();
    }

    async #logIn() {
        const { session } = this.#record;
        const command = { type: 'login', user: this.me, session, join: false };
        try {
            this.#welcomed(await this.#commands.request(command));
        } catch (error) {
            if (error instanceof Disconnected) return;
            if (!(error instanceof CommandError)) throw error;
            if (error.code === 'bad_token' && session) {
                this.#record.session = undefined;
                await this.#logIn();
                return;
            }
            this.#backToLogin(wordsForError(error));
        }
    }

    #welcomed(welcome) {
        this.phase = 'in';
        this.me = welcome.user;
        this.#record.session = welcome.session;
        this.textLimit = welcome.limits?.text ?? this.textLimit;
        setLastName(this.me);
        setTabName(this.me);
        this.#save();
        this.#changed();
        this.rooms.enterAll(this.me);
    }

    #entered(reply) {
        for (const message of reply.messages) this.#mine(message);
        this.outbox.pump();
    }

    #save() {
        if (this.phase === 'in') this.#record.save(this.rooms.list);
    }

    // Speaking

    join(name) {
        return this.rooms.join(name, this.me);
    }

    say(text) {
        const room = this.rooms.current;
        if (!room) return;
        room.newFrom = null;
        room.following = true;
        this.#typedAt = 0;
        this.outbox.add(keyOf(this.me), room, text);
        if (!room.atEnd) this.history.newest(room);
    }

    typed() {
        const now = Date.now();
        const room = this.rooms.current;
        if (room?.state !== 'joined' || now - this.#typedAt < typingEvery) return;
        this.#typedAt = now;
        this.#commands.tell({ type: 'typing', room: room.name });
    }

    // Messages from the server

    #received(push) {
        if (this.#commands.settle(push)) return;
        const room = push.room === undefined ? undefined : this.rooms.named(push.room);
        if (!room) return;
        if (push.type === 'message') {
            this.#mine(push);
            room.applyMessage(push, this.me, this.rooms.watches(room));
            this.rooms.look();
        } else if (push.type === 'presence') {
            room.applyPresence(push);
            this.#announce(room, push);
            if (push.event !== 'count' && !room.members) this.#askWho(room);
        } else if (push.type === 'typing' && !sameName(push.user, this.me)) {
            room.applyTyping(push.user);
            setTimeout(this.#changed, typingLasts + 100);
        } else if (push.type === 'kicked') {
            room.applyKicked(push.text);
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
            if (this.notice !== notice) return;
            this.notice = null;
            this.#changed();
        }, noticeLasts);
    }

    // The room has become small enough for a list of members again.
    async #askWho(room) {
        room.members = new Map();
        const question = { type: 'who', room: room.name };
        const reply = await this.#commands.request(question).catch(() => null);
        if (reply) room.setMembers(reply);
        this.#changed();
    }

    #closed() {
        this.#commands.abandon();
        this.rooms.disconnected();
    }

    // Tests the connection: any answer will do, even an error.
    #probe() {
        const room = this.rooms.current;
        if (room?.state !== 'joined') return;
        this.#commands.request({ type: 'who', room: room.name }).catch(() => {});
        this.connection.expect(5_000);
    }
}
