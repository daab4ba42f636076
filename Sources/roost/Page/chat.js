// The state of the chat: this user, the joined rooms, and the server's messages about them. The
// connection (roost.js) logs in again after each reconnect and resumes every room. The view reads
// it and calls its methods.

import { CommandError, Disconnected } from './commands.js';
import { clientName } from './client-name.js';
import { Drafts } from './drafts.js';
import { History } from './history.js';
import { words } from './language.js';
import { keyOf, sameName } from './names.js';
import { People } from './people.js';
import { can } from './reads.js';
import { Record } from './record.js';
import { typingLasts } from './company.js';
import { Roost } from './roost.js';
import { Rooms } from './rooms.js';
import { setLastName, setSeen, setTabName, setUnsent, unsent } from './storage.js';
import { wordsForError, wordsForKick, wordsForSession } from './words.js';

const noticeLasts = 4_000;
const sessionEnded = 4005;
const signedOut = 'You have signed out elsewhere.'; // the server's reason for it
// Refusals that say nothing about the name.
const passing = new Set(['rate_limited', 'unavailable', 'bad_request']);

// The server's sentence about a name that is not allowed ends with an allowed one: Try "mary_ann".
function suggestionIn({ code, message }) {
    return code === 'bad_name' ? /Try "([^"\s]{1,64})"\.$/u.exec(message)?.[1] ?? '' : '';
}

// What was wrong with a command about one's name, in words.
function problemIn(error) {
    if (error instanceof Disconnected) return words('account.lost');
    if (!(error instanceof CommandError)) throw error;
    return error.code === 'bad_request' ? error.message : wordsForError(error);
}

export class Chat {
    phase = 'login'; // 'login' | 'entering' | 'in'
    me = '';
    problem = ''; // why the login failed
    suggestion = ''; // a name that would be right
    asksPassword = false; // whether the name may be somebody's own, who has a password
    account = false; // whether the name is this user's own
    notice = null; // {room, text}: who just joined or left
    news = { number: 0, words: '' }; // what became of this user's last message
    textLimit = 4000;
    signingOut = false;
    drafts = new Drafts();
    #record;
    #changed;

    // `changed()` is called whenever there is something new to show.
    constructor(address, changed) {
        this.#changed = changed;
        this.#record = new Record({
            readElsewhere: () => this.rooms.readElsewhere(this.me),
            signedOutElsewhere: () => this.#sessionEnded(),
        });
        this.connection = new Roost(address, {
            sessions: this.#record,
            unsent: { load: unsent, save: setUnsent },
            direct: false,
            client: clientName(),
        });
        this.outbox = this.connection.outbox;
        this.history = new History(this.connection, changed);
        this.people = new People(this.connection, changed);
        this.rooms = new Rooms(this.connection, this.#record, {
            changed,
            opened: (room) => this.#listenTo(room),
            entered: (room, reply) => {
                this.drafts.restore(room);
                if (reply.recovered && reply.more) {
                    this.history.rest(room).then(() => this.rooms.look());
                }
            },
            renamed: (key, room) => this.drafts.move(key, room),
        });
        this.#listen();
        addEventListener('pagehide', () => this.#record.save());
        document.addEventListener('visibilitychange', () => this.#record.save());
    }

    #listen() {
        const { connection } = this;
        for (const event of ['state', 'outbox', 'push']) connection.on(event, this.#changed);
        connection.on('welcome', (welcome) => this.#welcomed(welcome));
        connection.on('refused', (error) => {
            const { code } = error;
            if (!passing.has(code)) setSeen(keyOf(this.me), null);
            this.suggestion = suggestionIn(error);
            this.asksPassword = code === 'name_taken' || code === 'bad_password'
                || (this.asksPassword && passing.has(code));
            this.#backToLogin(wordsForError(error));
        });
        connection.on('closed', ({ code, reason }) => {
            this.rooms.disconnected();
            if (code === sessionEnded) this.#sessionEnded(reason);
        });
        connection.on('sent', ({ item, error }) => {
            if (error) item.problem = wordsForError(error);
            const said = error ? words('message.notSent', { problem: item.problem })
                : words('message.wasSent');
            this.news = { number: this.news.number + 1, words: said };
        });
    }

    // Whether this server has such a thing.
    can(what) {
        return can(this.connection, what);
    }

    // Logging in and out

    enter(name, roomName, password = '') {
        this.me = name;
        this.problem = this.suggestion = '';
        this.phase = 'entering';
        this.connection.login(name, { password });
        this.rooms.restore(roomName, this.outbox.places);
        this.#changed();
    }

    // Makes the name this user's own. Returns what is wrong, or '' if nothing is.
    async keepName(password) {
        try {
            await this.connection.command('account', { password });
            this.account = true;
            this.#changed();
            return '';
        } catch (error) {
            return problemIn(error);
        }
    }

    // The devices on which the user is logged in: {sessions, problem}.
    async sessions() {
        try {
            const { sessions } = await this.connection.command('sessions');
            return { sessions, problem: '' };
        } catch (error) {
            return { sessions: [], problem: problemIn(error) };
        }
    }

    // Signs a device out, and returns the others. It may have signed out itself.
    async endSession(session) {
        try {
            await this.connection.command('logout', { session });
        } catch (error) {
            if (error.code !== 'not_found') return { sessions: [], problem: problemIn(error) };
        }
        return this.sessions();
    }

    // Ends the session at the server, too, or all sessions of an account. Without a connection only
    // this browser forgets it, and then nobody has it any more.
    async signOut(everywhere = false) {
        if (this.signingOut) return;
        this.signingOut = true;
        this.#changed();
        await this.connection.command('logout', { everywhere }).catch(() => {});
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
        this.#backToLogin(reason === signedOut ? wordsForSession() : reason);
    }

    #backToLogin(problem) {
        setTabName('');
        this.phase = 'login';
        this.problem = problem;
        this.connection.close();
        this.#changed();
    }

    #welcomed(welcome) {
        this.phase = 'in';
        this.me = welcome.user;
        this.account = welcome.account === true;
        this.asksPassword = false;
        this.textLimit = welcome.limits?.text ?? this.textLimit;
        setLastName(this.me);
        setTabName(this.me);
        this.rooms.welcomed(welcome.restarted);
        this.#changed();
    }

    // Speaking

    join(name, kind) {
        return this.rooms.join(name, kind);
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
        const fields = room.answered ? { reply: room.answered.offset } : {};
        this.drafts.answer(room, null);
        room.link.say(text, fields).catch(() => {}); // what has failed is shown among the messages
        if (!room.atEnd) this.history.newest(room);
    }

    typed() {
        this.connection.expectWriting();
        this.rooms.current?.link.typing();
    }

    // What happens in a room

    #listenTo(room) {
        const { link } = room;
        link.on('entry', (entry) => {
            room.applyEntry(entry, this.me, this.rooms.watches(room));
            this.rooms.look();
        });
        link.on('presence', (push) => {
            room.applyPresence(push);
            this.#announce(room, push);
        });
        link.on('typing', ({ user }) => {
            if (sameName(user, this.me)) return;
            room.applyTyping(user);
            setTimeout(this.#changed, typingLasts + 100);
        });
        link.on('moderated', (push) => {
            const { epoch, position } = room;
            room.applyAct(push, { epoch, after: position, came: Date.now() }, this.me);
        });
        link.on('kicked', (error) => room.applyKicked(wordsForKick(error.message)));
    }

    #announce(room, push) {
        if (push.event === 'count' || sameName(push.user, this.me)) return;
        const key = push.event === 'join' ? 'notice.joined' : 'notice.left';
        this.note(room, words(key, { name: push.user }));
    }

    // Shows a sentence above the field for a while.
    note(room, text) {
        const notice = { room, text };
        this.notice = notice;
        this.#changed();
        setTimeout(() => {
            if (this.notice !== notice) return;
            this.notice = null;
            this.#changed();
        }, noticeLasts);
    }
}
