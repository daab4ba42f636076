// The state of the chat: this user, the joined rooms, and the server's messages about them. After
// each reconnect it logs in again and resumes every room. The view reads it and calls its methods.

import { CommandError, Commands, Disconnected } from './commands.js';
import { Connection } from './connection.js';
import { Drafts } from './drafts.js';
import { History } from './history.js';
import { Login } from './login.js';
import { sameName } from './names.js';
import { Outbox } from './outbox.js';
import { People } from './people.js';
import { Record } from './record.js';
import { typingLasts } from './room.js';
import { Rooms } from './rooms.js';
import { setLastName, setTabName } from './storage.js';
import { wordsForError, wordsForSession } from './words.js';

const typingEvery = 3_000;
const noticeLasts = 4_000;
const sessionEnded = 4005;
const signedOut = 'You have signed out elsewhere.'; // the server's reason for it
// Refusals that say nothing about the name.
const passing = new Set(['rate_limited', 'unavailable', 'bad_request']);

export class Chat {
    phase = 'login'; // 'login' | 'entering' | 'in'
    me = '';
    problem = ''; // why the login failed
    suggestion = ''; // a name that would be right
    asksPassword = false; // whether the name may be somebody's own, who has a password
    account = false; // whether the name is this user's own
    notice = null; // {room, text}: who just joined or left
    textLimit = 4000;
    signingOut = false;
    drafts = new Drafts();
    #record;
    #commands;
    #login;
    #changed;
    #typedAt = 0;

    // `changed()` is called whenever there is something new to show.
    constructor(address, changed) {
        this.#changed = changed;
        this.#record = new Record({
            readElsewhere: () => this.rooms.readElsewhere(this.me),
            signedOutElsewhere: () => this.#sessionEnded(),
        });
        this.connection = new Connection(address, {
            opened: () => this.#login.begin(this.me),
            received: (push) => this.#received(push),
            closed: (code, reason) => this.#closed(code, reason),
            changed,
            probe: () => this.#commands.probe(this.rooms.current?.name ?? 'lobby'),
        });
        this.#commands = new Commands(this.connection);
        this.#login = new Login(this.#commands, this.#record, {
            welcomed: (welcome, restarted) => this.#welcomed(welcome, restarted),
            refused: (problem, suggestion, code) => {
                this.suggestion = suggestion;
                this.asksPassword = code === 'name_taken' || code === 'bad_password'
                    || (this.asksPassword && passing.has(code));
                this.#backToLogin(problem);
            },
        });
        this.history = new History(this.#commands, changed);
        this.people = new People(this.#commands, changed);
        this.rooms = new Rooms(this.#commands, this.#record, {
            changed,
            entered: (room, reply) => this.#entered(room, reply),
            renamed: (key, room) => {
                this.outbox.move(key, room);
                this.drafts.move(key, room);
            },
        });
        this.outbox = new Outbox(this.#commands, this.rooms, changed);
        addEventListener('pagehide', () => this.#record.save());
        document.addEventListener('visibilitychange', () => this.#record.save());
    }

    // Logging in and out

    enter(name, roomName, password = '') {
        this.me = name;
        this.#login.usePassword(password);
        this.problem = this.suggestion = '';
        this.phase = 'entering';
        this.#record.load(name);
        this.outbox.enter(name);
        this.rooms.restore(roomName, this.outbox.places);
        this.connection.open();
        this.#changed();
    }

    // Makes the name this user's own. Returns what is wrong, or '' if nothing is.
    async keepName(password) {
        try {
            await this.#commands.request({ type: 'account', password });
            this.account = true;
            this.#changed();
            return '';
        } catch (error) {
            if (error instanceof Disconnected) return 'The connection was lost. Try again.';
            if (!(error instanceof CommandError)) throw error;
            return error.code === 'bad_request' ? error.message : wordsForError(error);
        }
    }

    // Ends the session at the server, too, or all sessions of an account. Without a connection only
    // this browser forgets it, and then nobody has it any more.
    async signOut(everywhere = false) {
        if (this.signingOut) return;
        this.signingOut = true;
        this.#changed();
        await this.#commands.request({ type: 'logout', everywhere }).catch(() => {});
        this.signingOut = false;
        this.#record.save();
        this.#record.forgetSession();
        this.outbox.forget();
        this.drafts.forget();
        this.#backToLogin('');
    }

    #sessionEnded(reason = signedOut) {
        if (this.phase === 'login' || this.signingOut) return;
        this.#record.forgetSession();
        this.#backToLogin(reason === signedOut ? wordsForSession : reason);
    }

    #backToLogin(problem) {
        setTabName('');
        this.phase = 'login';
        this.problem = problem;
        this.connection.close();
        this.#closed();
        this.#changed();
    }

    #welcomed(welcome, restarted) {
        this.phase = 'in';
        this.me = welcome.user;
        this.account = welcome.account === true;
        this.asksPassword = false;
        this.textLimit = welcome.limits?.text ?? this.textLimit;
        this.outbox.enter(this.me);
        setLastName(this.me);
        setTabName(this.me);
        this.#changed();
        this.rooms.enterAll(this.me, restarted);
    }

    #entered(room, reply) {
        for (const message of reply.messages) this.#mine(message);
        if (!reply.recovered) this.outbox.settle(room);
        else if (reply.more) this.history.rest(room).then(() => this.rooms.look());
        this.outbox.pump();
    }

    // Speaking

    join(name) {
        return this.rooms.join(name, this.me);
    }

    // What the user wrote there and what was not sent goes, too.
    leave(room) {
        this.outbox.forget(room);
        this.drafts.forget(room);
        this.rooms.leave(room);
    }

    say(text) {
        const room = this.rooms.current;
        if (!room) return;
        room.newFrom = null;
        room.following = true;
        this.#typedAt = 0;
        this.outbox.add(room, text);
        if (!room.atEnd) this.history.newest(room);
    }

    typed() {
        this.connection.expectWriting();
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

    #closed(code, reason) {
        this.#login.abandon();
        this.#commands.abandon();
        this.rooms.disconnected();
        if (code === sessionEnded) this.#sessionEnded(reason);
    }
}
