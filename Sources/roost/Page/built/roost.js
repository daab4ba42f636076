// The client of the Roost chat, for browsers, Node, and all else that has
// a WebSocket: the chat's own page is made with it. docs/CLIENT.md in Roost's repository has a bot
// in 20 lines.
//
// Copyright 2026 The Roost maintainers. SPDX-License-Identifier: Apache-2.0

// ---------------------------------------- roost-types.js

/**
 * @typedef {object} Place Where an entry stands in its room's log.
 * @property {string} epoch compare it for equality only
 * @property {number} offset from 1, one more with each entry; 0 in an empty room
 */

/**
 * @typedef {object} Message
 * @property {'message'} type
 * @property {string} room
 * @property {number} offset
 * @property {string} user who wrote it
 * @property {string} text 1 to 4,000 characters: plain text, never HTML
 * @property {string} at the server's time in UTC, ISO 8601 with milliseconds
 * @property {string} [id] what its author's client has named it with
 * @property {number} [reply] the offset of the message that it answers
 * @property {number} [edited] the offset of its newest edition, if its text was changed before it
 *   came here
 * @property {Record<string, string[]>} [reactions] who reacted to it before it came here, by emoji
 */

/**
 * @typedef {object} Change A change of the message at `target`.
 * @property {string} type `edited`, `deleted` or `reaction`
 * @property {string} room
 * @property {number} offset its own
 * @property {number} target that of the message
 * @property {string} user who changed it
 * @property {string} [text] the new one, if it was edited
 * @property {string | null} [emoji] the user's one reaction, or null if it was taken back
 * @property {string} at the server's time in UTC, ISO 8601 with milliseconds
 */

/**
 * One entry of a room's log: a `Message`, or a change such as `edited`. Ignore a `type` that you do
 * not know.
 * @typedef {{type: string, room: string, offset: number, [field: string]: any}} Entry
 */

/**
 * @typedef {object} Page A page of a room's log, oldest entry first.
 * @property {Entry[]} messages entries of all types
 * @property {boolean} more whether there is more in the same direction
 * @property {number} offset that of the room's newest entry
 * @property {string} epoch that of the room's newest entry
 */

/**
 * @typedef {object} RoomEvents What `room.on` can listen to.
 * @property {Message} message
 * @property {Entry} entry any entry of the log, whatever its type
 * @property {Change} edited
 * @property {Change} deleted
 * @property {Change} reaction
 * @property {Entry & {user: string, text: string}} topic what the room is about from now on
 * @property {Page & {recovered: boolean, members?: string[], count: number, topic?: string,
 *   creator?: string, muted?: {everywhere: boolean, until?: string, reason?: string}}} joined the
 *   room is joined, for the first time or after a reconnect. `muted`: this user may only read
 * @property {{before: Place, messages: Entry[]}} gap after a reconnect: the server cannot tell what
 *   came after `before`, so something may be missing. `messages` are the newest entries now
 * @property {{event: 'join' | 'leave' | 'count', user?: string, count: number}} presence
 * @property {{action: string, user: string, everywhere: boolean, by?: string, until?: string,
 *   reason?: string}} moderated what a moderator or an operator has done
 * @property {{user: string}} typing somebody writes, and has for 5 s at most
 * @property {{offset: number}} read the user has read so far, on another connection
 * @property {undefined} new the room is a direct conversation that nobody has begun yet
 * @property {CommandError} refused the server does not let this user in
 * @property {CommandError} kicked an operator has taken this user out; the message is for people
 */

/**
 * @typedef {object} State The state of the connection.
 * @property {'idle' | 'connecting' | 'open' | 'waiting' | 'stopped'} phase `waiting`: a retry comes
 *   at `retryAt`. `stopped`: there will be none, see the event `stopped`
 * @property {number} [retryAt] in milliseconds, as `Date.now()` counts them
 * @property {number} [code] the close code of the last connection
 * @property {string} [reason] the server's sentence
 * @property {boolean} [doubt] an answer is late by more than 2 s, so the line may be dead
 * @property {boolean} [again] whether `retryNow()` makes sense although it has stopped
 * @property {number} [attempt] how many connections have failed in a row
 */

/**
 * @typedef {object} Welcome The server's reply to a login.
 * @property {string} user the name, as the server spells it
 * @property {boolean} account whether the name is the user's own
 * @property {boolean} [moderator] whether this user may send others away
 * @property {string[]} capabilities what this server can do beyond the plainest chat
 * @property {{text: number, rooms: number, burst: number, rate: number, page: number}} limits
 *   characters of a text, rooms of a connection, commands at once and a second, messages of a page
 * @property {Record<string, number>} timing in milliseconds
 * @property {boolean} restarted whether the server had forgotten this client's session
 */

/**
 * @typedef {object} ChatEvents What `chat.on` can listen to.
 * @property {State} state
 * @property {Welcome} welcome logged in, for the first time or after a reconnect
 * @property {CommandError} refused the server does not accept the user; the connection is closed
 * @property {{code: number, reason: string}} closed a connection has ended; another one may follow
 * @property {RoostRoom} direct somebody has begun a conversation of two, and this client is in it:
 *   its messages come next
 * @property {{code: number, reason: string}} stopped there will be no other by itself: kicked, or
 *   signed out. The reason is a sentence for people
 * @property {any} push any object that the server sends unasked, after its room has passed it on
 * @property {{item: any, error: Error | null}} sent a message of the outbox has arrived, or failed
 * @property {undefined} outbox the outbox has changed
 */

/**
 * @typedef {object} Options
 * @property {string} [user] logs in at once with this name (1 to 32 characters), and again after
 *   each reconnect
 * @property {string} [password] that of the name, if it is an account; it is kept in memory
 * @property {string | (() => string | Promise<string>)} [token] for a server that asks for one; a
 *   function is called for each login, and when a token has ended
 * @property {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} [storage] keeps the session,
 *   which proves the name: `localStorage`, or anything like it. Without it, a program that starts
 *   anew may have to wait a minute for its name
 * @property {string} [client] what this program calls itself in the user's list of sessions, in 64
 *   characters
 * @property {any} [WebSocket] where there is none, as in Node before 22: a class like the browser's
 * @property {boolean} [direct] false: conversations of two that others begin do not become rooms by
 *   themselves; they are a `push` then
 * @property {any} [sessions] instead of `storage`, for a program that keeps sessions in its own way
 * @property {{load(): any[], save(items: any[]): void}} [unsent] keeps messages that are not sent
 *   yet. With it, they survive `close()`, and what was refused stays in `outbox.items`
 */

/**
 * @typedef {object} JoinOptions
 * @property {number} [last] how many of the newest messages are passed on when the room is joined
 *   for the first time: 0 to 200, 0 if it is missing
 * @property {Place | null} [since] the `place` of an earlier visit: everything after it is passed
 *   on instead
 * @property {boolean} [private] true: only a private room is meant. A room that was private when it
 *   was joined is never joined again as an open one
 * @property {boolean} [catchUp] false: what was missed is not passed on, but is in the event
 *   `joined`, and the rest, if it has `more`, in the history
 */

// ---------------------------------------- commands.js

/** The server has refused a command. `message` is the server's sentence for people. */
class CommandError extends Error {
    /** @param {{code: string, text: string, retry_after_ms?: number}} reply */
    constructor(reply) {
        super(reply.text);
        this.name = 'CommandError';
        /** The code in the protocol's table of errors, such as `rate_limited`. */
        this.code = reply.code;
        /** After how many milliseconds to try again, if the server has said it. */
        this.retryAfter = reply.retry_after_ms;
    }
}

/** There is no connection, or it was lost before the answer came: the command may have been carried
 * out, or not. */
class Disconnected extends Error {
    constructor(message = 'There is no connection to the chat server.') {
        super(message);
        this.name = 'Disconnected';
    }
}

const shortestRetry = 250;
const longestRetry = 20_000;

const patience = 5_000;
const longPatience = 15_000;
const longAnswers = new Set(['login', 'join', 'history', 'account']);

class Commands {
    #connection;
    #waiting = new Map();
    #last = 0;
    #generation = 0;
    #slowest = 0;

    constructor(connection) {
        this.#connection = connection;
    }

    async request(command) {
        const generation = this.#generation;
        for (;;) {
            try {
                return await this.#once(command);
            } catch (error) {
                if (!(error instanceof CommandError) || error.code !== 'rate_limited') throw error;
                const wait = error.retryAfter ?? 1000;
                if (wait > longestRetry) throw error;
                await pause(Math.max(shortestRetry, wait));
                if (generation !== this.#generation) throw new Disconnected();
            }
        }
    }

    tell(command) {
        this.#connection.send(command);
    }

    probe(room) {
        const question = { type: 'history', room, before: 1, limit: 0 };
        if (this.#waiting.size === 0) this.#once(question, patience).catch(() => {});
        this.#connection.expect(patience);
    }

    settle(reply) {
        const asked = this.#waiting.get(reply.ref);
        if (asked) {
            this.#waiting.delete(reply.ref);
            this.#slowest = Math.max(performance.now() - asked.at, this.#slowest * 0.9);
            if (reply.type === 'error') asked.reject(new CommandError(reply));
            else asked.resolve(reply);
        }
        this.#expectNext();
        return Boolean(asked);
    }

    abandon() {
        this.#generation += 1;
        this.#slowest = 0;
        const broken = [...this.#waiting.values()];
        this.#waiting.clear();
        for (const asked of broken) asked.reject(new Disconnected());
    }

    #once(command, within) {
        return new Promise((resolve, reject) => {
            const ref = String((this.#last += 1));
            if (!this.#connection.send({ ...command, ref })) {
                reject(new Disconnected());
                return;
            }
            const time = within ?? (longAnswers.has(command.type) ? longPatience : patience);
            this.#waiting.set(ref, { resolve, reject, within: time, at: performance.now() });
            this.#expectNext();
        });
    }

    #expectNext() {
        for (const { within } of this.#waiting.values()) {
            this.#connection.expect(Math.max(within, Math.min(longPatience, this.#slowest * 4)));
            return;
        }
    }
}

function pause(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// ---------------------------------------- close-codes.js

const second = 1000;
const longestDelay = 30 * second;

function backoff(attempt, random = Math.random) {
    const ceiling = Math.min(longestDelay, second * 2 ** Math.min(attempt, 10));
    return ceiling / 2 + (random() * ceiling) / 2;
}

function secondsIn(reason, otherwise) {
    const found = /(\d{1,4})\s*s/.exec(reason);
    return (found ? Number(found[1]) : otherwise) * second;
}

function advice(code, reason, attempt, random = Math.random) {
    const after = (delay) => ({ retry: true, delay });
    switch (code) {
        case 1001:
            return after(second + random() * 4 * second);
        case 1012:
        case 4001:
            return after(attempt === 0 ? 0 : backoff(attempt, random));
        case 1013:
            return after(secondsIn(reason, 10) + random() * 2 * second);
        case 4002:
            return after(secondsIn(reason, 15) + random() * 5 * second);
        case 1002:
        case 1003:
        case 1007:
        case 1008:
        case 4003:
        case 4004:
        case 4005:
            return { retry: false, again: true };
        default:
            return after(backoff(attempt, random));
    }
}

// ---------------------------------------- surroundings.js

const isOnline = () => globalThis.navigator?.onLine !== false;
const isShown = () => !globalThis.document?.hidden;

function watchSurroundings(lookAgain, wentOffline) {
    if (!globalThis.addEventListener) return () => {};
    const page = globalThis.document;
    const shown = () => {
        if (isShown()) lookAgain();
    };
    addEventListener('online', lookAgain);
    addEventListener('offline', wentOffline);
    addEventListener('pageshow', lookAgain);
    page?.addEventListener('visibilitychange', shown);
    return () => {
        removeEventListener('online', lookAgain);
        removeEventListener('offline', wentOffline);
        removeEventListener('pageshow', lookAgain);
        page?.removeEventListener('visibilitychange', shown);
    };
}

// ---------------------------------------- connection.js

const connectDeadline = 10_000;
const answerDeadline = 5_000;
const doubtAfter = 2_000;
const offlineDeadline = 3_000;
const stableAfter = 5_000;
const silenceLimit = 30_000;
const silenceCheckedEvery = 10_000;
const silenceBeforeWriting = 5_000;

function chatAddress(location) {
    const address = new URL('chat', location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    return address.href;
}

class Connection {
    /** @type {State} */
    state = { phase: 'idle' };
    #makeSocket;
    #events;
    /** @type {any} */
    #socket = null;
    #attempt = 0;
    #retryTimer = 0;
    #stableTimer = 0;
    #deadline = 0;
    #deadlineAt = Infinity;
    #doubtTimer = 0;
    #lastReceived = 0;
    /** @type {(() => void) | null} */
    #endWatch = null;

    constructor(makeSocket, events) {
        this.#makeSocket = makeSocket;
        this.#events = events;
    }

    open() {
        if (this.state.phase === 'connecting' || this.state.phase === 'open') return;
        this.#attempt = 0;
        this.#connect();
    }

    retryNow() {
        if (this.state.phase === 'waiting' || this.state.phase === 'stopped') this.#connect();
    }

    close() {
        this.#letGo(1000);
        this.#enter({ phase: 'idle' });
    }

    retryAfter(milliseconds, reason) {
        this.#letGo(1000);
        this.#wait(milliseconds, 1013, reason);
        this.#events.closed(1013, reason);
    }

    send(object) {
        if (this.state.phase !== 'open') return false;
        this.#socket.send(JSON.stringify(object));
        return true;
    }

    expect(milliseconds = answerDeadline) {
        if (this.state.phase !== 'open') return;
        const at = performance.now() + milliseconds;
        if (at >= this.#deadlineAt) return;
        clearTimeout(this.#deadline);
        this.#deadlineAt = at;
        this.#deadline = setTimeout(() => this.#lost(1006, 'No answer.'), milliseconds);
        this.#doubtTimer ||= setTimeout(() => this.#doubt(), doubtAfter);
    }

    expectWriting() {
        this.#probeAfter(silenceBeforeWriting);
    }

    #probeAfter(silence) {
        const isSilent = performance.now() - this.#lastReceived >= silence;
        if (this.state.phase === 'open' && isSilent && !this.#deadline) this.#events.probe();
    }

    #doubt() {
        if (this.state.phase === 'open' && !this.state.doubt) {
            this.#enter({ phase: 'open', doubt: true });
        }
    }

    #wentOffline() {
        if (this.state.phase === 'open') {
            this.#events.probe();
            this.expect(offlineDeadline);
            this.#doubt();
        } else {
            this.#events.changed();
        }
    }

    #lookAgain() {
        if (this.state.phase === 'waiting') {
            if (isOnline() && this.state.code === 1006) this.#connect();
            else this.#events.changed();
        } else if (this.state.phase === 'open') {
            this.#events.probe();
        }
    }

    #connect() {
        this.#letGo();
        this.#enter({ phase: 'connecting', attempt: this.#attempt });
        let socket;
        try {
            socket = this.#makeSocket();
        } catch (error) {
            this.#enter({ phase: 'stopped', code: 0, reason: String(error), again: true });
            this.#events.closed(0, String(error));
            return;
        }
        this.#socket = socket;
        this.#deadline = setTimeout(() => this.#lost(1006, 'No answer.'), connectDeadline);
        socket.onopen = () => {
            this.#arrived();
            this.#stableTimer = setTimeout(() => (this.#attempt = 0), stableAfter);
            this.#enter({ phase: 'open' });
            this.#events.opened();
        };
        socket.onmessage = (event) => {
            this.#arrived();
            let object = null;
            try {
                object = JSON.parse(event.data);
            } catch {
                return;
            }
            if (object && typeof object.type === 'string') this.#events.received(object);
        };
        socket.onclose = (event) => this.#lost(event.code, event.reason);
        socket.onerror = () => {};
    }

    #arrived() {
        this.#lastReceived = performance.now();
        clearTimeout(this.#deadline);
        clearTimeout(this.#doubtTimer);
        this.#deadline = this.#doubtTimer = 0;
        this.#deadlineAt = Infinity;
        if (this.state.doubt) this.#enter({ phase: 'open' });
    }

    #lost(code, reason) {
        const wasOpen = this.state.phase === 'open';
        this.#letGo();
        const next = advice(code, reason, this.#attempt);
        this.#attempt += 1;
        if (next.retry) {
            const delay = wasOpen || next.delay > 0 ? next.delay : backoff(this.#attempt);
            this.#wait(delay, code, reason);
        } else {
            this.#enter({ phase: 'stopped', code, reason, again: next.again });
        }
        this.#events.closed(code, reason);
    }

    #wait(delay, code, reason) {
        this.#retryTimer = setTimeout(() => this.#connect(), delay);
        this.#enter({ phase: 'waiting', retryAt: Date.now() + delay, code, reason });
    }

    #letGo(code) {
        clearTimeout(this.#retryTimer);
        clearTimeout(this.#stableTimer);
        this.#arrived();
        const socket = this.#socket;
        this.#socket = null;
        if (!socket) return;
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close(code);
    }

    #enter(state) {
        this.state = state;
        if (state.phase === 'idle' || state.phase === 'stopped') this.#rest();
        else this.#endWatch ??= this.#watch();
        this.#events.changed();
    }

    #rest() {
        this.#endWatch?.();
        this.#endWatch = null;
    }

    #watch() {
        const end = watchSurroundings(() => this.#lookAgain(), () => this.#wentOffline());
        const timer = setInterval(() => {
            if (isShown()) this.#probeAfter(silenceLimit);
        }, silenceCheckedEvery);
        return () => {
            end();
            clearInterval(timer);
        };
    }
}

// ---------------------------------------- listeners.js

class Listeners {
    #all = new Map();

    add(name, listener) {
        if (typeof listener !== 'function') throw new TypeError('A listener is a function.');
        const before = this.#all.get(name) ?? [];
        this.#all.set(name, [...before, listener]);
        return () => {
            const others = (this.#all.get(name) ?? []).filter((other) => other !== listener);
            this.#all.set(name, others);
        };
    }

    call(name, event) {
        for (const listener of this.#all.get(name) ?? []) {
            try {
                listener(event);
            } catch (error) {
                queueMicrotask(() => {
                    throw error;
                });
            }
        }
    }
}

// ---------------------------------------- login.js

const otherTabTakes = 1_500;

class Login {
    #commands;
    #sessions;
    #events;
    #attempt = 0;
    #session = '';
    #password;
    #keepsPassword = false;
    #token;
    #client;

    constructor(commands, sessions, events, client) {
        this.#commands = commands;
        this.#sessions = sessions;
        this.#events = events;
        this.#client = client;
    }

    use({ password, keeps, token }) {
        this.#password = password || undefined;
        this.#keepsPassword = keeps === true;
        this.#token = token;
    }

    async begin(user) {
        this.#attempt += 1;
        const attempt = this.#attempt;
        for (;;) {
            const { session } = this.#sessions;
            try {
                const password = this.#password;
                const token = await this.#freshToken();
                if (attempt !== this.#attempt) return;
                const client = this.#client;
                const command = {
                    type: 'login', user, session, password, token, client, join: false,
                };
                this.#welcomed(await this.#commands.request(command));
                return;
            } catch (error) {
                if (error instanceof Disconnected) return;
                if (!(error instanceof CommandError)) throw error;
                const again = await this.#hasOtherSession(error, session, attempt);
                if (attempt !== this.#attempt) return;
                if (again) continue;
                if (!this.#keepsPassword) this.#password = undefined;
                this.#events.refused(error);
                return;
            }
        }
    }

    async #freshToken() {
        return typeof this.#token === 'function' ? this.#token() : this.#token;
    }

    abandon() {
        this.#attempt += 1;
    }

    #welcomed(welcome) {
        const restarted = this.#session !== '' && this.#session !== welcome.session;
        this.#session = welcome.session;
        if (!this.#keepsPassword) this.#password = undefined;
        this.#sessions.keepSession(welcome.user, welcome.session);
        this.#events.welcomed(welcome, restarted);
    }

    async #hasOtherSession({ code }, session, attempt) {
        if (!session) return false;
        if (code === 'bad_token' && this.#token === undefined) {
            this.#sessions.session = undefined;
            return true;
        }
        const end = performance.now() + otherTabTakes;
        while (code === 'name_taken' && attempt === this.#attempt && performance.now() < end) {
            const stored = this.#sessions.storedSession;
            if (stored && stored !== session) {
                this.#sessions.session = stored;
                return true;
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return false;
    }
}

// ---------------------------------------- names.js

function keyOf(name) {
    if (!isConversation(name)) return folded(name);
    return `@${name.slice(1).split(',').map(folded).sort().join(',')}`;
}

function folded(text) {
    const lower = text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase();
    return lower.normalize('NFKC').replace(/[\u200C\u200D]/gu, '');
}

const isConversation = (name) => name.startsWith('@');

function partnerIn(name, me) {
    if (!isConversation(name)) return '';
    const both = name.slice(1).split(',');
    const others = both.filter((one) => !sameName(one, me));
    return both.length === 2 && others.length === 1 ? others[0] : '';
}

const sameName = (one, other) => keyOf(one) === keyOf(other);

function compareNames(one, other) {
    return one.localeCompare(other, undefined, { sensitivity: 'base', numeric: true });
}

function randomID() {
    const { crypto } = globalThis;
    if (crypto?.randomUUID) return crypto.randomUUID();
    const bytes = new Uint8Array(16).map(() => Math.random() * 256);
    crypto?.getRandomValues(bytes);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const nameCharacter = /[\p{L}\p{M}\p{N}_]/u;
const nameContinues = /^(?:[\p{L}\p{M}\p{N}_]|[-.]+[\p{L}\p{M}\p{N}_])/u;

function mentions(text, name) {
    if (!text.includes('@')) return false;
    const whole = folded(text);
    const wanted = `@${keyOf(name)}`;
    for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + 1)) {
        const before = [...whole.slice(Math.max(0, at - 2), at)].pop() ?? ' ';
        if (nameCharacter.test(before)) continue;
        if (!nameContinues.test(whole.slice(at + wanted.length))) return true;
    }
    return false;
}

// ---------------------------------------- outbox.js

const standardRest = 2_000;
const sendsIn = new Set(['joined', 'new']);

class Outbox {
    items = [];
    #me = '';
    #commands;
    #roomOf;
    #store;
    #events;
    #promised = new Map();
    #busy = false;
    #resting = 0;

    constructor(commands, roomOf, store, events) {
        this.#commands = commands;
        this.#roomOf = roomOf;
        this.#store = store;
        this.#events = events;
        this.items = store?.load() ?? [];
        for (const item of this.items) if (item.state !== 'failed') item.state = 'waiting';
    }

    enter(me) {
        this.#me = me;
    }

    isHeld(item) {
        return !sameName(item.user, this.#me);
    }

    of(room) {
        return this.items.filter((item) => item.room === room.key);
    }

    unsent(room) {
        return this.items.filter(
            (item) => item.state !== 'sent' && (!room || item.room === room.key));
    }

    get places() {
        return this.items.map((item) => item.place ?? item.room);
    }

    add(room, text, { id = randomID(), ...fields } = {}) {
        const at = new Date().toISOString();
        return new Promise((resolve, reject) => {
            this.#promised.set(id, { resolve, reject });
            this.items.push({
                id, user: keyOf(this.#me), name: this.#me, room: room.key, place: room.name, text,
                fields, at, state: 'waiting',
            });
            this.#keep();
            this.pump();
        });
    }

    retry(item) {
        if (this.isHeld(item)) Object.assign(item, { user: keyOf(this.#me), name: this.#me });
        item.state = 'waiting';
        this.#keep();
        this.pump();
    }

    discard(item, error = new Disconnected('The message was discarded.')) {
        this.items = this.items.filter((other) => other !== item);
        this.#promised.get(item.id)?.reject(error);
        this.#promised.delete(item.id);
        this.#keep();
    }

    forget(room) {
        for (const item of room ? this.of(room) : this.items) this.discard(item);
    }

    giveUp(room, error) {
        if (this.#store) return;
        for (const item of room ? this.of(room) : this.items) this.discard(item, error);
        clearTimeout(this.#resting);
        this.#resting = 0;
    }

    move(from, room) {
        for (const item of this.items) {
            if (item.room === from) Object.assign(item, { room: room.key, place: room.name });
        }
    }

    arrived(id, place) {
        this.#answered(id, place);
        const item = this.items.find((candidate) => candidate.id === id);
        if (item) this.#arrived(item);
    }

    #answered(id, place) {
        this.#promised.get(id)?.resolve(place);
        this.#promised.delete(id);
    }

    #arrived(item) {
        this.#events.ended(item, null);
        this.discard(item);
    }

    settle(room) {
        const accepted = this.of(room).filter(({ state }) => state === 'sent');
        for (const item of accepted) this.discard(item);
        return accepted;
    }

    async pump() {
        if (this.#busy || this.#resting) return;
        const item = this.items.find((candidate) =>
            candidate.state === 'waiting' && !this.isHeld(candidate)
                && sendsIn.has(this.#roomOf(candidate.room)?.state));
        if (!item) return;
        this.#busy = true;
        await this.#send(item, this.#roomOf(item.room));
        this.#busy = false;
        this.#keep();
        if (item.state !== 'waiting') this.pump();
    }

    async #send(item, room) {
        item.state = 'sending';
        this.#events.changed();
        try {
            const { name, to } = room;
            const { id, text, fields } = item;
            const where = to ? { type: 'direct', to } : { type: 'message', room: name };
            const command = { ...fields, ...where, text, id };
            const { offset, epoch } = await this.#commands.request(command);
            item.state = 'sent';
            this.#answered(id, { offset, epoch });
            if (offset <= room.place?.offset && this.items.includes(item)) this.#arrived(item);
        } catch (error) {
            if (error instanceof Disconnected) {
                item.state = 'waiting';
            } else if (error.code === 'unavailable') {
                item.state = 'waiting';
                this.#rest(error.retryAfter ?? standardRest);
            } else {
                this.#failed(item, error);
                if (!(error instanceof CommandError)) console.error(error);
            }
        }
    }

    #failed(item, error) {
        item.state = 'failed';
        item.problem = error.message;
        this.#events.ended(item, error);
        this.#promised.get(item.id)?.reject(error);
        this.#promised.delete(item.id);
        if (!this.#store) this.discard(item);
    }

    #rest(milliseconds) {
        this.#resting = setTimeout(() => {
            this.#resting = 0;
            this.pump();
        }, milliseconds * (1 + Math.random() / 4));
    }

    #keep() {
        this.#store?.save(this.items);
        this.#events.changed();
    }
}

// ---------------------------------------- ready.js

/** @param {any} chat */
function nextWelcome(chat) {
    return new Promise((resolve, reject) => {
        const end = (settle) => {
            for (const off of ends) off();
            settle();
        };
        const ends = [
            chat.on('welcome', (welcome) => end(() => resolve(welcome))),
            chat.on('refused', (error) => end(() => reject(error))),
            chat.on('closed', ({ reason }) => {
                if (chat.state.phase !== 'waiting') end(() => reject(new Disconnected(reason)));
            }),
        ];
    });
}

// ---------------------------------------- roost-room.js

const resumeLimit = 200;
const typingEvery = 3_000;
const noEntries = new Set(['presence', 'typing', 'read', 'direct']);

/** A room that this client is in, or wants to be in: `chat.join(name)` returns it. */
class RoostRoom {
    /**
     * The room's name, spelled as the server spells it.
     * @type {string}
     */
    name;
    /**
     * The same for all spellings of the name.
     * @type {string}
     */
    key;
    /**
     * `away`: not joined yet, or the connection is lost. `refused`: the server does not let this
     * user in, and `error` says why; it is tried again after the next reconnect. `new`: a direct
     * conversation that begins when something is said.
     * @type {'away' | 'joined' | 'refused' | 'left' | 'new'} */
    state = 'away';
    /**
     * Why the server has refused the room, or taken this user out.
     * @type {CommandError | null}
     */
    error = null;
    /**
     * The place of the last entry that was passed on: where a later `join` goes on.
     * @type {Place | null} */
    place = null;
    /** How many users are in the room. */
    count = 0;
    /**
     * Ends when the present attempt to join has ended, in whatever way.
     * @type {Promise<unknown>}
     */
    attempt = Promise.resolve();
    #chat;
    #last;
    #catchesUp;
    /** @type {Promise<boolean> | null} */
    #entering = null;
    /** @type {any[] | null} pushes that wait until what was missed is there */
    #held = null;
    #listeners = new Listeners();
    #typedAt = 0;
    #isPrivate;

    /** @param {any} chat @param {string} name @param {JoinOptions} options */
    constructor(chat, name, { since = null, last = 0, catchUp = true, private: isPrivate }) {
        this.#chat = chat;
        this.name = name;
        this.key = keyOf(name);
        this.place = since;
        this.#last = last;
        this.#catchesUp = catchUp;
        this.#isPrivate = isPrivate;
    }

    /** With whom this is a direct conversation; `''` for other rooms. */
    get to() {
        return partnerIn(this.name, this.#chat.user());
    }

    /**
     * Calls `listener` when this happens in the room. Each entry of the room's log, from anybody
     * and in order, is passed on as `entry`, and also under its own `type`: `message`, `edited`,
     * `deleted`, `topic`, `reaction`, and those of later servers. `room.place` is its place then. A
     * message that was deleted before it came here is an `entry` alone.
     *
     * @template {keyof RoomEvents} K
     * @param {K} name
     * @param {(event: RoomEvents[K]) => void} listener
     * @returns {() => void} takes the listener away again
     */
    on(name, listener) {
        return this.#listeners.add(name, listener);
    }

    /**
     * Says something. Without a connection it waits until the room is joined again; a retry has the
     * same `id`, so it never appears twice.
     *
     * @param {string} text 1 to 4,000 characters (`chat.limits.text`)
     * @param {{id?: string, [field: string]: unknown}} [fields] further fields of the command, such
     *   as `reply`; an `id` of your own has 1 to 64 bytes, and is used for one message alone
     * @returns {Promise<Place>} its place, when the server has kept it. It is rejected with a
     *   `CommandError` if the server refuses the text, or the room; with `Disconnected` after
     *   `leave()` or `close()`.
     */
    say(text, fields = {}) {
        this.#typedAt = 0;
        return this.#chat.outbox().add(this, text, fields);
    }

    /** Shows the others that this user writes: sent once in 3 s at most, whatever the calls. */
    typing() {
        const now = Date.now();
        const rest = this.#chat.timing()?.typing ?? typingEvery;
        if (this.state !== 'joined' || now - this.#typedAt < rest) return;
        this.#typedAt = now;
        this.#chat.tell({ type: 'typing', room: this.name });
    }

    /**
     * A page of the past, oldest message first: the newest, or those before or after an offset.
     *
     * @param {{before?: number, after?: number, limit?: number}} [range] offsets, which are not
     *   included, one of them at most. `limit`: 1 to 200 messages, 50 if it is missing; a page may
     *   have fewer although there are more
     * @returns {Promise<Page>}
     */
    history(range = {}) {
        const { after, before, limit } = range;
        if (after !== undefined) return this.command('history', { after, limit });
        return this.command('history', { before: before ?? Number.MAX_SAFE_INTEGER, limit });
    }

    /**
     * Sends any command about this room.
     *
     * @param {string} type
     * @param {Record<string, unknown>} [fields]
     * @returns {Promise<any>} the reply; see `Roost.command`
     */
    command(type, fields = {}) {
        return this.#chat.request({ ...fields, type, room: this.name });
    }

    /** Leaves the room; what was not sent is discarded. */
    leave() {
        if (this.state === 'joined') this.command('leave').catch(() => {});
        this.state = 'left';
        this.#chat.left(this);
    }

    enter() {
        const attempt = this.#entering ?? this.#enter().finally(() => {
            this.#entering = null;
        });
        this.#entering = this.attempt = attempt;
        return attempt;
    }

    async #enter() {
        const { name, place } = this;
        const limit = place ? resumeLimit : this.#last;
        const command = {
            type: 'join', room: name, since: place ?? undefined, limit, more: true,
            private: this.#isPrivate,
        };
        try {
            const reply = await this.#chat.request(command);
            if (this.state !== 'left') this.#joined(reply);
        } catch (error) {
            if (error instanceof Disconnected) return false;
            if (!(error instanceof CommandError)) throw error;
            if (this.state === 'left') return true;
            if (error.code === 'not_found' && this.to) this.#isNew();
            else this.#refused(error, 'refused');
        }
        return true;
    }

    #isNew() {
        this.state = 'new';
        this.place = null;
        this.#listeners.call('new', undefined);
        this.#chat.outbox().pump();
    }

    #joined(reply) {
        const before = this.place;
        const recovered = reply.recovered === true && before !== null;
        this.#spell(reply.room);
        this.state = 'joined';
        this.#isPrivate = reply.kind === 'private' || undefined;
        this.error = null;
        this.count = reply.count ?? this.count;
        this.#held = null;
        if (!this.#catchesUp) {
            this.place = { epoch: reply.epoch, offset: reply.offset };
            this.#listeners.call('joined', reply);
            for (const entry of reply.messages) this.#noteOwn(entry, reply.epoch);
        } else {
            this.#listeners.call('joined', reply);
            this.#passOn(reply, before, recovered);
        }
        if (!recovered) this.#chat.outbox().settle(this);
        this.#chat.outbox().pump();
    }

    #passOn(reply, before, recovered) {
        if (recovered) {
            this.#catchUp(reply);
            return;
        }
        this.place = null;
        if (before) this.#listeners.call('gap', { before, messages: reply.messages });
        else this.#takePage(reply);
        this.place = { epoch: reply.epoch, offset: reply.offset };
    }

    async #catchUp(reply) {
        const held = [];
        this.#held = held;
        const isCurrent = () => this.#held === held;
        for (let page = reply; ;) {
            this.#takePage(page);
            if (!page.more || page.messages.length === 0) break;
            const before = this.place;
            const range = { after: before?.offset, limit: resumeLimit };
            page = await this.history(range).catch(() => null);
            if (!isCurrent()) return;
            if (page) continue;
            this.#listeners.call('gap', { before, messages: [] });
            break;
        }
        this.#held = null;
        for (const entry of held) this.#take(entry, entry.epoch);
    }

    #takePage(page) {
        let epoch = page.first_epoch ?? page.epoch;
        for (const entry of page.messages) {
            epoch = entry.epoch ?? epoch;
            this.#take(entry, epoch);
        }
    }

    #take(entry, epoch) {
        if (this.place && entry.offset <= this.place.offset) return;
        this.place = { epoch: epoch ?? this.place?.epoch ?? '', offset: entry.offset };
        this.#noteOwn(entry, this.place.epoch);
        this.#listeners.call('entry', entry);
        if (!entry.deleted) this.#listeners.call(entry.type, entry);
    }

    #noteOwn({ type, id, user, offset }, epoch) {
        if (type !== 'message' || !id || !sameName(user, this.#chat.user())) return;
        this.#chat.outbox().arrived(id, { epoch, offset });
    }

    push(push) {
        if (push.type === 'joined') {
            this.#joined({ ...push, recovered: false });
        } else if (Number.isSafeInteger(push.offset) && !noEntries.has(push.type)) {
            if (this.#held) this.#held.push(push);
            else this.#take(push, push.epoch);
        } else if (push.type === 'direct') {
            this.#spell(push.room);
            if (this.state !== 'joined') this.enter();
        } else if (push.type === 'kicked') {
            this.#refused(new CommandError({ code: 'kicked', text: push.text }), 'kicked');
        } else {
            if (push.type === 'presence') this.count = push.count ?? this.count;
            this.#listeners.call(push.type, push);
        }
    }

    #refused(error, event) {
        this.state = 'refused';
        this.error = error;
        this.#held = null;
        this.#listeners.call(event, error);
        this.#chat.outbox().giveUp(this, error);
    }

    #spell(name) {
        const before = this.key;
        this.name = name;
        this.key = keyOf(name);
        if (this.key !== before) this.#chat.renamed(before, this);
    }

    disconnected() {
        if (this.state !== 'left') this.state = 'away';
        this.#held = null;
    }
}

// ---------------------------------------- sessions.js

class Sessions {
    session;
    #storage;
    #key = '';

    constructor(storage) {
        this.#storage = storage;
    }

    load(user) {
        this.#key = `roost.session.${keyOf(user)}`;
        this.session = this.storedSession;
    }

    get storedSession() {
        return this.#storage?.getItem(this.#key) ?? undefined;
    }

    keepSession(user, session) {
        this.#key = `roost.session.${keyOf(user)}`;
        this.session = session;
        this.#storage?.setItem(this.#key, session);
    }

    ended() {
        if (this.session === this.storedSession) this.#storage?.removeItem(this.#key);
        this.session = undefined;
    }
}

// ---------------------------------------- roost.js

const subprotocol = 'roost.v1';
const sessionEnded = 4005;
const passing = new Set(['rate_limited', 'unavailable']);
const loginRest = 5_000;
const tokenRest = 1_000;

/** A chat server, as one user sees it. */
class Roost {
    /** The user's name, as the server spells it. */
    user = '';
    /** Whether the name is the user's own, with a password. */
    account = false;
    /**
     * The server's last reply to a login.
     * @type {Welcome | null}
     */
    welcome = null;
    /**
     * The room that is joined first after a reconnect.
     * @type {RoostRoom | null}
     */
    first = null;
    /**
     * The messages that are not yet in their room.
     * @type {Outbox}
     */
    outbox;
    #connection;
    #commands;
    #login;
    #sessions;
    #rooms = new Map();
    #listeners = new Listeners();
    #inside = false;
    #renews = false;
    #adopts;
    #isPatient = false;

    /**
     * @param {string} address that of the chat, `wss://chat.example.org/chat`, or of its page
     * @param {Options} [options]
     */
    constructor(address, options = {}) {
        const { user, password, token, storage, unsent, client } = options;
        this.#adopts = options.direct !== false;
        const Socket = options.WebSocket ?? globalThis.WebSocket;
        if (!Socket) throw new Error('There is no WebSocket here: pass one, { WebSocket }.');
        const target = /^wss?:/i.test(address) ? address : chatAddress({ href: address });
        this.#sessions = options.sessions ?? new Sessions(storage);
        this.#connection = new Connection(() => new Socket(target, subprotocol), {
            opened: () => this.#login.begin(this.user),
            received: (push) => this.#received(push),
            closed: (code, reason) => this.#closed(code, reason),
            changed: () => this.#listeners.call('state', this.state),
            probe: () => this.#commands.probe((this.first ?? this.rooms[0])?.name ?? 'lobby'),
        });
        this.#commands = new Commands(this.#connection);
        this.#login = new Login(this.#commands, this.#sessions, {
            welcomed: (welcome, restarted) => this.#welcomed(welcome, restarted),
            refused: (error) => this.#refused(error),
        }, client);
        this.outbox = new Outbox(this.#commands, (key) => this.#rooms.get(key), unsent, {
            changed: () => this.#listeners.call('outbox', undefined),
            ended: (item, error) => this.#listeners.call('sent', { item, error }),
        });
        if (user !== undefined) this.#begin(user, { password, keeps: true, token });
    }

    /**
     * The state of the connection.
     * @returns {State}
     */
    get state() {
        return this.#connection.state;
    }

    /** What the server allows, once it has said so. */
    get limits() {
        return this.welcome?.limits;
    }

    /** The rooms, in the order in which they were joined. */
    get rooms() {
        return [...this.#rooms.values()];
    }

    /**
     * Calls `listener` when this happens.
     *
     * @template {keyof ChatEvents} K
     * @param {K} name
     * @param {(event: ChatEvents[K]) => void} listener
     * @returns {() => void} takes the listener away again
     */
    on(name, listener) {
        return this.#listeners.add(name, listener);
    }

    /**
     * Connects and logs in, also after `close()`. The options of the constructor do the same.
     *
     * @param {string} user
     * @param {{password?: string, token?: Options['token']}} [proof] the password is used once
     */
    login(user, proof = {}) {
        const { password, token } = proof;
        this.#begin(user, { password, token });
    }

    #begin(user, proof) {
        this.user = user;
        this.#isPatient = proof.keeps === true;
        this.#renews = typeof proof.token === 'function';
        this.#login.use(proof);
        this.#sessions.load(user);
        this.outbox.enter(user);
        this.#connection.open();
    }

    /**
     * Resolves when this client is logged in. It is rejected with a `CommandError` if the server
     * refuses the user, and with `Disconnected` if there is no other attempt.
     * @returns {Promise<Welcome>}
     */
    ready() {
        if (this.#inside && this.welcome) return Promise.resolve(this.welcome);
        return nextWelcome(this);
    }

    /**
     * Joins a room, as soon as there is a connection and again after each reconnect. A room that
     * was joined already is returned as it is; one from which the server has kept this user is
     * tried again.
     *
     * @param {string} name 1 to 64 characters
     * @param {JoinOptions} [options]
     * @returns {RoostRoom}
     */
    join(name, options = {}) {
        const known = this.room(name);
        if (known?.state === 'refused' && this.#inside) known.enter();
        if (known) return known;
        const room = new RoostRoom(this.#forRooms, name, options);
        this.#rooms.set(room.key, room);
        if (this.#inside) room.enter();
        return room;
    }

    /**
     * The room with this name, however it is spelled.
     * @param {string} name
     */
    room(name) {
        return this.#rooms.get(keyOf(name));
    }

    /**
     * Sends any command of the protocol. Where the server's rate limit refuses it, it is sent again
     * after the time that the server asks for, if that has 20 s at most.
     *
     * @param {string} type such as `who`
     * @param {Record<string, unknown>} [fields]
     * @returns {Promise<any>} the reply. It is rejected with a `CommandError` if the server refuses
     *   the command; with `Disconnected` if there is no connection, or it is lost before the answer
     *   comes, so that nobody knows whether the command was carried out.
     */
    command(type, fields = {}) {
        return this.#commands.request({ ...fields, type });
    }

    /** Ends the session at the server, too, or all sessions of an account. */
    async logout({ everywhere = false } = {}) {
        await this.command('logout', { everywhere });
        this.#sessions.ended?.();
        this.close();
    }

    /** Ends the connection; the name stays reserved for this session for a minute. */
    close() {
        this.#end(new Disconnected('It was closed here.'));
    }

    #end(error) {
        this.#connection.close();
        this.#closed(1000, error.message);
        this.outbox.giveUp(null, error);
    }

    /** Does not wait for the time of the next attempt. */
    retryNow() {
        this.#connection.retryNow();
    }

    /** Somebody begins to write: looks now whether the line is still alive. */
    expectWriting() {
        this.#connection.expectWriting();
    }

    #forRooms = {
        user: () => this.user,
        timing: () => this.welcome?.timing,
        outbox: () => this.outbox,
        request: (command) => this.#commands.request(command),
        tell: (command) => this.#commands.tell(command),
        left: (room) => this.#left(room),
        renamed: (key, room) => this.#renamed(key, room),
    };

    #left(room) {
        if (this.#rooms.get(room.key) === room) this.#rooms.delete(room.key);
        this.outbox.giveUp(room, new Disconnected('The room was left.'));
    }

    #renamed(key, room) {
        const others = this.rooms.filter((one) => one === room || one.key !== room.key);
        this.#rooms = new Map(others.map((one) => [one.key, one]));
        this.outbox.move(key, room);
    }

    #welcomed(welcome, restarted) {
        this.#inside = true;
        this.#isPatient = true;
        this.user = welcome.user;
        this.account = welcome.account === true;
        this.welcome = { ...welcome, restarted };
        this.outbox.enter(welcome.user);
        this.#listeners.call('welcome', this.welcome);
        this.#enterAll();
    }

    async #enterAll() {
        const { first, rooms } = this;
        const others = rooms.filter((room) => room !== first);
        for (const room of first ? [first, ...others] : others) {
            if (room.state === 'joined' || this.#rooms.get(room.key) !== room) continue;
            if (!(await room.enter())) return;
        }
    }

    #refused(error) {
        if (this.#isPatient && passing.has(error.code)) {
            this.#connection.retryAfter(error.retryAfter ?? loginRest, error.message);
            return;
        }
        this.#listeners.call('refused', error);
        this.#end(error);
    }

    #received(push) {
        if (this.#commands.settle(push)) return;
        if (push.type === 'direct' && this.#adopts) this.#adopt(push);
        if (push.room !== undefined) this.room(push.room)?.push(push);
        this.#listeners.call('push', push);
    }

    #adopt({ room: name, epoch, offset }) {
        if (this.room(name)) return;
        const room = new RoostRoom(this.#forRooms, name, { since: { epoch, offset } });
        room.state = 'joined';
        this.#rooms.set(room.key, room);
        this.#listeners.call('direct', room);
    }

    #closed(code, reason) {
        if (code === sessionEnded && this.#renews) {
            this.#connection.retryAfter(tokenRest, reason);
            return;
        }
        this.#inside = false;
        this.#login.abandon();
        this.#commands.abandon();
        for (const room of this.#rooms.values()) room.disconnected();
        if (code === sessionEnded) this.#sessions.ended?.();
        this.#listeners.call('closed', { code, reason });
        if (this.state.phase === 'stopped') this.#listeners.call('stopped', { code, reason });
    }
}

export { Roost, RoostRoom, CommandError, Disconnected, keyOf, mentions, sameName };
