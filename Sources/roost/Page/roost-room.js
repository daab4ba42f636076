// A room of a `Roost`: it is joined again after each reconnect, from the place of its last entry,
// so that nothing is missed or doubled.

import { CommandError, Disconnected } from './commands.js';
import { Listeners } from './listeners.js';
import { keyOf, partnerIn, sameName } from './names.js';

const resumeLimit = 200;
const typingEvery = 3_000;
// Pushes that have an `offset` and are no entries of the room's log.
const noEntries = new Set(['presence', 'typing', 'read', 'direct']);

/** A room that this client is in, or wants to be in: `chat.join(name)` returns it. */
export class RoostRoom {
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
    #isPrivate; // a room that was private is never entered as an open one

    // `chat`: what a Roost shows to its rooms alone.
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

    // What only the Roost calls

    // Joins the room. Resolves with false if the connection was lost.
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

    // What waits opens the conversation.
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

    // Passes on what was missed.
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

    // Fetches page after page; pushes wait meanwhile. If the connection is lost, the next join goes
    // on from the last entry that was passed on.
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

    // A push of the server about this room.
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
