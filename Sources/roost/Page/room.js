// One room as this client knows it: a window of its messages, its members, and what is unread. It
// uses neither the network nor the DOM; the chat passes it the server's messages.

import { keyOf, mentions, sameName } from './names.js';

// The most messages kept and drawn. Beyond it, messages at the other end of the window are dropped.
export const windowLimit = 1000;
export const typingLasts = 5_000;

// The fields that are kept of a message; any others are ignored.
const entryOf = ({ offset, user, text, at, id }) => ({ offset, user, text, at, id });

export class Room {
    state = 'away'; // 'away' (not yet, or no longer, joined) | 'joined' | 'refused'
    problem = '';
    draft = '';
    epoch = null;
    position = -1; // the offset of the last message received
    entries = []; // {offset, user, text, at, id}, and `deleted`, by offset
    atEnd = true; // whether the window includes the newest message
    following = true; // whether the reader is at the bottom
    older = 'unknown'; // 'unknown' | 'loading' | 'none' | 'refused'
    newer = 'unknown'; // 'unknown' | 'loading' | 'refused'
    members = null; // key → name, or null if the server sends only a count
    count = 0;
    typing = new Map(); // key → {name, until}
    unread = 0;
    mentioned = false;
    readTo = null; // the offset up to which the user has read, or null if never joined
    newFrom = null; // the first message of the last unread batch: the line "New" is above it
    missed = null; // {before: offset, restarted}: where a gap in the conversation is shown

    constructor(name) {
        this.name = name;
        this.key = keyOf(name);
    }

    get since() {
        return this.epoch === null ? undefined : { epoch: this.epoch, offset: this.position };
    }

    get first() {
        return this.entries[0];
    }

    get last() {
        return this.entries[this.entries.length - 1];
    }

    applyJoined(reply, me, read) {
        const resumed = reply.recovered === true && this.epoch === reply.epoch;
        const before = this.epoch;
        this.state = 'joined';
        this.problem = '';
        this.name = reply.room;
        this.setMembers(reply);
        if (resumed) {
            for (const message of reply.messages) this.applyMessage(message, me);
            return;
        }
        this.entries = reply.messages.map(entryOf);
        this.epoch = reply.epoch;
        this.position = reply.offset;
        this.atEnd = true;
        this.older = (this.first?.offset ?? 1) > 1 ? 'unknown' : 'none';
        this.missed = null;
        if (before !== null) {
            const offset = this.first?.offset ?? reply.offset + 1;
            this.missed = { before: offset, restarted: before !== reply.epoch };
        }
        this.#countUnread(me, read, before);
    }

    // The first join in a visit counts from the position stored in the browser; a join after a gap
    // counts from where the user was, or from the first message shown if the epoch has changed.
    #countUnread(me, read, before) {
        if (before === null) {
            this.readTo = read?.epoch === this.epoch ? read.offset : this.position;
        } else if (before !== this.epoch || this.readTo === null) {
            this.readTo = (this.first?.offset ?? this.position + 1) - 1;
        }
        const fresh = this.entries.filter(
            (entry) => entry.offset > this.readTo && !sameName(entry.user, me));
        const unseen = (this.first?.offset ?? this.position + 1) - 1 - this.readTo;
        this.unread = fresh.length + Math.max(0, unseen);
        this.newFrom = fresh.length > 0 ? fresh[0].offset : null;
        this.mentioned = fresh.some((entry) => mentions(entry.text, me));
    }

    // `watched`: the user sees the message at once.
    applyMessage(message, me, watched = false) {
        if (message.offset <= this.position) return;
        this.position = message.offset;
        this.typing.delete(keyOf(message.user));
        if (this.atEnd) this.#append(message);
        if (watched) this.readTo = this.position;
        if (watched || sameName(message.user, me)) return;
        if (this.unread === 0) this.newFrom = message.offset;
        this.unread += 1;
        if (mentions(message.text, me)) this.mentioned = true;
    }

    // A user who has scrolled up must not lose the messages in view: if the window is full, newer
    // messages stay on the server until they are requested.
    #append(message) {
        if (this.entries.length >= windowLimit && !this.following) {
            this.atEnd = false;
            return;
        }
        this.entries.push(entryOf(message));
        this.#dropOldest();
    }

    #dropOldest() {
        const surplus = this.entries.length - windowLimit;
        if (surplus <= 0) return;
        this.entries.splice(0, surplus);
        this.older = 'unknown';
        if (this.missed && this.missed.before < this.first.offset) this.missed = null;
    }

    // Adds a page of older messages.
    prepend(messages, more) {
        const first = this.first?.offset ?? Infinity;
        const page = messages.filter(({ offset }) => offset < first).map(entryOf);
        this.older = more && page.length > 0 ? 'unknown' : 'none';
        // The missed messages have been loaded after all.
        if (page.length > 0 && this.missed?.before === first && !this.missed.restarted) {
            this.missed = null;
        }
        this.entries.unshift(...page);
        const surplus = this.entries.length - windowLimit;
        if (surplus > 0) {
            this.entries.length = windowLimit;
            this.atEnd = false;
        }
    }

    // Adds a page of newer messages, after the user had scrolled far back.
    append(messages, more) {
        const last = this.last?.offset ?? -1;
        this.entries.push(...messages.filter(({ offset }) => offset > last).map(entryOf));
        this.#dropOldest();
        this.atEnd = !more || (this.last?.offset ?? -1) >= this.position;
    }

    // Replaces all messages with the newest page.
    replace(messages, more) {
        this.entries = messages.map(entryOf);
        this.older = more ? 'unknown' : 'none';
        this.missed = null;
        this.position = Math.max(this.position, this.last?.offset ?? -1);
        this.atEnd = (this.last?.offset ?? this.position) >= this.position;
    }

    applyDeleted(offset) {
        const entry = this.entries.find((candidate) => candidate.offset === offset);
        if (!entry) return;
        entry.deleted = true;
        entry.text = '';
    }

    // An operator has taken this user out: the room is joined again with the next connection.
    applyKicked(words) {
        this.state = 'refused';
        this.problem = words;
        this.members = null;
        this.typing.clear();
    }

    applyPresence(push) {
        this.count = push.count ?? this.count;
        if (push.event === 'count') this.members = null;
        else if (push.event === 'join') this.members?.set(keyOf(push.user), push.user);
        else if (push.event === 'leave') {
            this.members?.delete(keyOf(push.user));
            this.typing.delete(keyOf(push.user));
        }
    }

    // Takes the members from `joined` or `who`; for a large room, only their count.
    setMembers(reply) {
        this.count = reply.count ?? reply.members?.length ?? 0;
        this.members = reply.members
            ? new Map(reply.members.map((name) => [keyOf(name), name]))
            : null;
    }

    applyTyping(user) {
        this.typing.set(keyOf(user), { name: user, until: Date.now() + typingLasts });
    }

    typingNow(now = Date.now()) {
        for (const [key, { until }] of this.typing) if (until <= now) this.typing.delete(key);
        return [...this.typing.values()].map(({ name }) => name);
    }

    disconnected() {
        this.state = 'away';
        this.typing.clear();
        if (this.older !== 'none') this.older = 'unknown';
        this.newer = 'unknown';
    }

    markRead() {
        this.readTo = this.position;
        this.unread = 0;
        this.mentioned = false;
    }
}
