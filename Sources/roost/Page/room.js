// One room as this client knows it: a window of its messages, its members, and what is unread. It
// uses neither the network nor the DOM; the chat passes it the server's messages.

import { Company } from './company.js';
import { changeAmong, entryOf, isMessage } from './entries.js';
import { isConversation, keyOf, mentions, sameName } from './names.js';
import { Past } from './past.js';
import { epochsOf, hasBegunAnew } from './places.js';

// The most messages kept and drawn. Beyond it, messages at the other end of the window are dropped.
export const windowLimit = 5000;
// How many are dropped at a time: each time everything below moves up.
const dropped = 64;

export class Room extends Company {
    state = 'away'; // 'away' (not yet, or no longer, joined) | 'joined' | 'refused' | 'new'
    problem = '';
    epoch = null; // names the room's numbering, as long as this page can follow it
    placeEpoch = null; // the epoch of the last message received: it changes without a break
    epochs = new Set(); // all epochs of this numbering that were seen
    position = -1; // the offset of the last message received
    entries = []; // by offset, as entries.js makes them, changes of messages included
    topic = ''; // what the room is about
    past = new Past(); // messages from before a gap
    wishes = new Map(); // offset → changes that the server has not made yet (changes.js)
    quoted = new Map(); // offset → a message outside of the window that others answer (quotes.js)
    answered = null; // the message to which the next one is an answer
    editing = null; // {entry, text, finish}: what stands in the field instead of the draft
    atEnd = true; // whether the window includes the newest message
    following = true; // whether the reader is at the bottom
    older = 'unknown'; // 'unknown' | 'loading' | 'none' | 'refused'
    newer = 'unknown'; // 'unknown' | 'loading' | 'refused'
    unread = 0;
    noted = -1; // the offset up to which others know that the user has read
    begunAt = null; // the offset at which a conversation was opened by what somebody has written
    readTo = null; // the offset up to which the user has read, or null if never joined
    readEpoch = null; // the epoch of the message there
    newFrom = null; // the first message of the last unread batch: the line "New" is above it
    renewed = false; // whether it has lost what this user read in an earlier visit
    #kind = 'open'; // or 'private'
    #hasMention = false;

    // `link` is the room of the connection, which keeps the place from which it is resumed.
    constructor(name, link) {
        super();
        this.name = name;
        this.key = keyOf(name);
        this.link = link;
    }

    get kind() {
        return isConversation(this.name) ? 'direct' : this.#kind;
    }

    // What people call it: a conversation has the other one's name.
    get title() {
        return this.link?.to || this.name;
    }

    get mentioned() {
        return this.#hasMention || (this.kind === 'direct' && this.unread > 0);
    }

    get first() { return this.entries[0]; }
    get last() { return this.entries[this.entries.length - 1]; }

    // `read`: the stored position. `restarted`: the server has forgotten this user, too. `known`:
    // its line in the server's `mine`.
    applyJoined(reply, me, read, restarted = false, known = undefined) {
        const resumed = reply.recovered === true && this.epoch !== null;
        const before = this.epoch;
        const continued = this.epochs.has(reply.epoch) || this.epochs.has(reply.first_epoch);
        this.state = 'joined';
        this.problem = '';
        this.name = reply.room;
        this.topic = reply.topic ?? '';
        this.#kind = reply.kind ?? 'open';
        this.enter(reply);
        if (resumed) {
            for (const entry of reply.messages) this.applyEntry(entry, me);
            if (reply.more) this.#leaveRest(reply.offset);
            this.#noteEpochs(reply);
            this.readElsewhere({ offset: known?.read ?? 0 }, me);
            return;
        }
        if (before !== null) {
            const other = restarted ? 'restarted' : 'closed';
            this.past.keep(this.entries, before, continued ? 'missed' : other);
        }
        if (!continued) {
            this.epoch = reply.epoch;
            this.epochs.clear();
            this.quoted.clear();
        }
        this.#noteEpochs(reply);
        this.entries = reply.messages.map(entryOf);
        this.position = reply.offset;
        this.atEnd = true;
        this.older = (this.first?.offset ?? 1) > 1 ? 'unknown' : 'none';
        this.renewed = before === null && read !== undefined && hasBegunAnew(reply, read);
        this.#closeGap();
        this.#dropOldest();
        this.#countUnread(me, reply, read, before, known);
    }

    #noteEpochs(reply) {
        for (const epoch of epochsOf(reply)) this.epochs.add(epoch);
        this.placeEpoch = reply.epoch;
    }

    // The reply had only the first of the messages that this user has missed. The window ends
    // there until the rest is requested; all of it counts as unread.
    #leaveRest(offset) {
        this.unread += Math.max(0, offset - this.position);
        this.position = Math.max(this.position, offset);
        this.atEnd = false;
    }

    // If the messages of the present reach back to those from before the gap, there is none.
    #closeGap() {
        const first = this.first?.offset ?? this.position + 1;
        this.entries.unshift(...this.past.reach(this.epoch, first));
        if (this.first?.offset <= 1) this.older = 'none';
    }

    // True for a message that the server has forgotten.
    isPast(entry) {
        return entry.epoch !== undefined && entry.epoch !== this.epoch;
    }

    // The first join in a visit counts from where the user has read, as the server knows it, or
    // else this browser; a join after a gap from where the user was, or from the first message
    // shown if the epoch has changed.
    #countUnread(me, reply, read, before, known) {
        const beginning = (this.first?.offset ?? this.position + 1) - 1;
        if (before === null && known) {
            this.readTo = this.epochs.has(read?.epoch)
                ? Math.max(known.read, Math.min(read.offset, this.position)) : known.read;
            this.readEpoch = reply.first_epoch ?? reply.epoch;
        } else if (before === null && !this.renewed) {
            this.readTo = read?.offset ?? this.position;
            this.readEpoch = read?.epoch ?? this.placeEpoch;
        } else if (before !== this.epoch || this.readTo === null) {
            this.readTo = beginning;
            this.readEpoch = reply.first_epoch ?? reply.epoch;
        }
        this.#countFresh(me);
        if (known && known.read === this.readTo) this.#trust(known, beginning);
        else this.readElsewhere({ offset: known?.read ?? 0 }, me);
    }

    // The server has counted, in messages and not in entries, also what is not in the window.
    #trust(known, beginning) {
        if (known.read >= beginning) return;
        const since = this.entries.filter(
            (entry) => isMessage(entry) && entry.offset > known.offset);
        this.unread = known.unread + since.length;
        this.#hasMention ||= known.mentions > 0;
    }

    // Messages outside of the window count as unread, whoever wrote them.
    #countFresh(me) {
        const mine = keyOf(me);
        const fresh = this.entries.filter((entry) =>
            isMessage(entry) && entry.offset > this.readTo && entry.author !== mine);
        const before = (this.first?.offset ?? this.position + 1) - 1 - this.readTo;
        const after = this.position - (this.last?.offset ?? this.position);
        this.unread = fresh.length + Math.max(0, before) + Math.max(0, after);
        this.newFrom = fresh.length > 0 ? fresh[0].offset : null;
        this.#hasMention = fresh.some((entry) => mentions(entry.text, me));
    }

    // Another tab or device of this user has read up to here. Returns whether that is further. The
    // server names no epoch: it knows which room it means.
    readElsewhere(place, me) {
        const epoch = place?.epoch ?? this.placeEpoch;
        if (this.readTo === null || !place || !this.epochs.has(epoch)) return false;
        if (place.offset <= this.readTo) return false;
        this.readTo = Math.min(place.offset, this.position);
        this.readEpoch = epoch;
        const { newFrom } = this;
        this.#countFresh(me);
        if (this.unread === 0) this.newFrom = newFrom;
        return true;
    }

    // `watched`: the user sees the message at once.
    applyEntry(entry, me, watched = false) {
        if (entry.offset <= this.position) return;
        this.position = entry.offset;
        if (entry.epoch) {
            this.placeEpoch = entry.epoch;
            this.epochs.add(entry.epoch);
        }
        const made = entryOf(entry);
        this.#change(made);
        if (this.atEnd) this.#append(made);
        if (watched) this.#readAll();
        if (!isMessage(made)) return;
        this.typing.delete(made.author);
        if (watched || sameName(made.user, me)) return;
        if (this.unread === 0) this.newFrom = made.offset;
        this.unread += 1;
        if (mentions(made.text, me)) this.#hasMention = true;
    }

    // A message that is not in the window is already as it is now when it gets there.
    #change(change) {
        if (change.type === 'topic') this.topic = change.text;
        if (change.target === undefined) return;
        const kept = this.past.entries.filter((entry) => !this.isPast(entry));
        changeAmong([...this.quoted.values(), ...kept, ...this.entries], change);
    }

    // A user who has scrolled up must not lose the messages in view: if the window is full, newer
    // messages stay on the server until they are requested.
    #append(entry) {
        if (this.past.length + this.entries.length >= windowLimit && !this.following) {
            this.atEnd = false;
            return;
        }
        this.entries.push(entry);
        this.#dropOldest();
    }

    #dropOldest() {
        if (this.past.length + this.entries.length <= windowLimit) return;
        const surplus = this.past.length + this.entries.length - windowLimit + dropped;
        const rest = surplus - this.past.dropOldest(surplus);
        if (rest === 0) return;
        this.entries.splice(0, rest);
        this.older = 'unknown';
    }

    // Adds a page of older messages.
    prepend(messages, more) {
        const first = this.first?.offset ?? Infinity;
        const page = messages.filter(({ offset }) => offset < first).map(entryOf);
        this.older = more && page.length > 0 ? 'unknown' : 'none';
        this.entries.unshift(...page);
        this.#closeGap();
        const surplus = this.past.length + this.entries.length - windowLimit;
        if (surplus > 0) {
            this.entries.splice(-surplus);
            this.atEnd = false;
        }
    }

    // Adds a page of newer messages, after the user had scrolled far back.
    append(messages, more) {
        const last = this.last?.offset ?? -1;
        const page = messages.filter(({ offset }) => offset > last).map(entryOf);
        // The server has not kept all of what came meanwhile.
        if (last >= 0 && page.length > 0 && page[0].offset > last + 1) {
            this.past.keep(this.entries, this.epoch, 'missed');
            this.entries = [];
            this.older = 'none';
        }
        this.entries.push(...page);
        for (const entry of page) this.#change(entry);
        this.#dropOldest();
        this.atEnd = !more || (this.last?.offset ?? -1) >= this.position;
    }

    // Replaces all messages with the newest page.
    replace(messages, more) {
        this.entries = messages.map(entryOf);
        this.older = more ? 'unknown' : 'none';
        this.past.dropPresent(this.epoch);
        this.#dropOldest();
        this.position = Math.max(this.position, this.last?.offset ?? -1);
        this.atEnd = (this.last?.offset ?? this.position) >= this.position;
    }

    // An operator has taken this user out: the room is joined again with the next connection.
    applyKicked(words) {
        Object.assign(this, { state: 'refused', problem: words });
        this.verdict ??= {};
        this.members = null;
        this.typing.clear();
    }

    disconnected() {
        this.state = 'away';
        this.typing.clear();
        if (this.older !== 'none') this.older = 'unknown';
        this.newer = 'unknown';
    }

    #readAll() {
        this.readTo = this.position;
        this.readEpoch = this.placeEpoch;
    }

    markRead() {
        this.#readAll();
        this.unread = 0;
        this.#hasMention = false;
    }
}
