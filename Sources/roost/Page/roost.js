// The client of the chat, as `/roost.js`: the page is made with it, and other programs get it.
// It stays connected, logs in, joins its rooms again and goes on where it was. It needs no browser.

import {} from './roost-types.js';
import { CommandError, Commands, Disconnected } from './commands.js';
import { chatAddress, Connection } from './connection.js';
import { Listeners } from './listeners.js';
import { Login } from './login.js';
import { keyOf } from './names.js';
import { Outbox } from './outbox.js';
import { nextWelcome } from './ready.js';
import { RoostRoom } from './roost-room.js';
import { Sessions } from './sessions.js';

const subprotocol = 'roost.v1';
const sessionEnded = 4005;
// Refusals that say nothing about the user: trying again later may work.
const passing = new Set(['rate_limited', 'unavailable']);
const loginRest = 5_000;
const tokenRest = 1_000;

/** A chat server, as one user sees it. */
export class Roost {
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
    #rooms = new Map(); // key → RoostRoom
    #listeners = new Listeners();
    #inside = false; // whether this connection is logged in
    #renews = false; // whether each login gets a token of its own
    #adopts; // whether conversations that others begin become rooms by themselves
    #isPatient = false; // whether a refusal that passes is worth another try

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

    // What a room may use of its chat.
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

    // Two rooms may turn out to be one: it is the room that the server has named last.
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

    // One room after the other, to respect the rate limit.
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

    // Somebody has begun a conversation, and the server has put this connection into it.
    #adopt({ room: name, epoch, offset }) {
        if (this.room(name)) return;
        const room = new RoostRoom(this.#forRooms, name, { since: { epoch, offset } });
        room.state = 'joined';
        this.#rooms.set(room.key, room);
        this.#listeners.call('direct', room);
    }

    #closed(code, reason) {
        // A token has ended, and there is a new one for the asking.
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
