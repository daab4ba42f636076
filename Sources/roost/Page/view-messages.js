// The list of messages of the current room: what stands between them (days, the line above the
// new ones, holes), where it is scrolled to, and when more of the past is fetched.

import { byID, element, icon, reconcile, setHidden, setText } from './dom.js';
import { badge, dayKey, dayName, instant } from './format.js';
import { mentions, sameName } from './names.js';
import { makeMessage, updateMessage } from './view-message.js';

const groupLasts = 5 * 60_000;
const nearTop = 400;
const nearBottom = 40;

export class MessagesView {
    #chat;
    #log = byID('log');
    #list = byID('messages');
    #pill = byID('newest');
    #room = null;
    #firstKey = null;

    constructor(chat) {
        this.#chat = chat;
        this.#log.addEventListener('scroll', () => this.#scrolled(), { passive: true });
        this.#pill.addEventListener('click', () => {
            chat.history.newest(this.#room);
            this.#toBottom();
        });
        new ResizeObserver(() => this.#keepPlace()).observe(this.#log);
        // Days turn into yesterday while the page is open.
        setInterval(() => this.render(), 60_000);
    }

    render() {
        const room = this.#chat.rooms.current;
        if (room !== this.#room) this.#turnTo(room);
        if (!room) return;
        const anchor = room.following ? null : this.#anchor();
        const items = itemsOf(room, this.#chat);
        this.#beQuietUnlessAppending(items);
        const actions = {
            retry: (pending) => this.#chat.outbox.retry(pending),
            discard: (pending) => this.#chat.outbox.discard(pending),
        };
        reconcile(this.#list, items, (item) => item.key, make, (row, item) => {
            if (item.entry) updateMessage(row, item, actions);
            else if (item.text !== undefined) setText(row.lastElementChild, item.text);
        });
        if (room.following) {
            this.#toBottom();
            this.#chat.rooms.look();
        } else if (anchor) {
            this.#log.scrollTop += anchor.row.offsetTop - anchor.top;
        }
        this.#renderPill(room);
        this.#fetch(room);
    }

    #turnTo(room) {
        this.#room = room;
        this.#firstKey = null;
        this.#log.setAttribute('aria-label', room ? `Messages in ${room.name}` : 'Messages');
        reconcile(this.#list, []);
        if (room) room.following = true;
    }

    // A screen reader is to hear what is said now, not a page of the past or another room's.
    #beQuietUnlessAppending(items) {
        const firstKey = items.find((item) => item.entry)?.key ?? null;
        const quiet = firstKey !== this.#firstKey;
        this.#firstKey = firstKey;
        if (quiet) {
            this.#log.setAttribute('aria-live', 'off');
            setTimeout(() => this.#log.setAttribute('aria-live', 'polite'), 250);
        }
    }

    #scrolled() {
        const room = this.#room;
        if (!room) return;
        const { scrollTop, scrollHeight, clientHeight } = this.#log;
        const atBottom = scrollHeight - scrollTop - clientHeight < nearBottom;
        if (atBottom !== room.following) {
            room.following = atBottom;
            this.#renderPill(room);
        }
        if (atBottom) this.#chat.rooms.look();
        this.#fetch(room);
    }

    #fetch(room) {
        const { scrollTop, scrollHeight, clientHeight } = this.#log;
        if (this.#log.clientHeight === 0) return;
        if (scrollTop < nearTop) this.#chat.history.older(room);
        if (scrollHeight - scrollTop - clientHeight < nearTop) this.#chat.history.newer(room);
    }

    // The window or the keyboard on the screen changed the height.
    #keepPlace() {
        if (this.#room?.following) this.#toBottom();
    }

    #toBottom() {
        this.#log.scrollTop = this.#log.scrollHeight;
    }

    // The first row in sight, to be kept where it is while rows are added or dropped above it.
    #anchor() {
        const { scrollTop } = this.#log;
        for (const row of this.#list.children) {
            if (row.offsetTop + row.offsetHeight > scrollTop && row.classList.contains('message')) {
                return { row, top: row.offsetTop };
            }
        }
        return null;
    }

    #renderPill(room) {
        const behind = !room.following || !room.atEnd;
        setHidden(this.#pill, !behind || room.entries.length === 0);
        this.#pill.classList.toggle('fresh', room.unread > 0);
        const words = `${badge(room.unread)} new message${room.unread === 1 ? '' : 's'}`;
        setText(this.#pill.lastElementChild, room.unread > 0 ? words : 'Newest');
    }
}

function make(item) {
    if (item.entry) return makeMessage(item);
    const row = element('li', { className: `mark ${item.kind}` });
    if (item.kind === 'start') row.append(icon('bird'));
    row.append(element('span', {}, item.text));
    return row;
}

// Messages and what stands between them, top to bottom.
function itemsOf(room, chat) {
    const items = [startOf(room)];
    const pending = room.atEnd ? chat.outbox.of(room) : [];
    const lines = [...room.entries.map((entry) => ({ entry })), ...pending.map(entryOf(chat))];
    const lastOwn = pending.length > 0 ? null : lastOwnOf(room, chat.me);
    const online = room.state === 'joined';
    const keys = new Set();
    let before = null;
    for (const line of lines) {
        const date = (line.entry.date ??= instant(line.entry.at));
        const marks = marksBefore(line.entry, date, before, room);
        items.push(...marks);
        const own = sameName(line.entry.user, chat.me);
        const head = marks.length > 0 || !continues(before, line.entry, date);
        if (before) before.item.tail = head;
        const item = {
            ...line, own, head, tail: true, online,
            lastOwn: line.entry === lastOwn,
            sameMinute: head || sameMinute(before.date, date),
            mentioned: !own && (line.entry.mentioned ??= mentions(line.entry.text, chat.me)),
            key: keyFor(room, line.entry, own, keys),
        };
        items.push(item);
        before = { item, entry: line.entry, date };
    }
    return items.filter(Boolean);
}

const entryOf = (chat) => (pending) => {
    const { text, at, id } = pending;
    return { entry: { user: chat.me, text, at, id }, pending };
};

// One's own keeps its element when it turns from pending to sent.
function keyFor(room, entry, own, keys) {
    const byID = own && entry.id ? `id ${entry.id}` : null;
    const key = byID && !keys.has(byID) ? byID : `${room.epoch} ${entry.offset}`;
    keys.add(key);
    return key;
}

function lastOwnOf(room, me) {
    const { entries } = room;
    const last = entries[entries.length - 1];
    return last && sameName(last.user, me) ? last : null;
}

function startOf(room) {
    if (room.epoch === null) return null;
    if (room.older === 'loading') {
        return { kind: 'loading', key: 'start loading', text: 'Fetching older messages…' };
    }
    if (room.older !== 'none' && room.entries.length > 0) return null;
    const none = room.entries.length === 0;
    if (room.missed && none) return null;
    const whole = none ? room.position <= 0 : room.first.offset <= 1;
    let text = `This is where ${room.name} begins.`;
    if (!whole) text = 'Older messages are not kept.';
    else if (none) text = `Nobody has said anything in ${room.name} yet. Be the first.`;
    return { kind: whole ? 'start' : 'edge', key: `start ${whole}`, text };
}

function marksBefore(entry, date, before, room) {
    const marks = [];
    if (room.missed && entry.offset === room.missed.before) {
        const text = room.missed.restarted
            ? 'The server started afresh: what was said before is gone.'
            : 'Some messages were missed here.';
        marks.push({ kind: 'missed', key: 'missed', text });
    }
    if (!before || dayKey(before.date) !== dayKey(date)) {
        marks.push({ kind: 'day', key: `day ${dayKey(date)}`, text: dayName(date) });
    }
    if (room.newFrom !== null && entry.offset === room.newFrom) {
        marks.push({ kind: 'fresh', key: 'fresh', text: 'New' });
    }
    return marks;
}

function continues(before, entry, date) {
    if (!before || !sameName(before.entry.user, entry.user)) return false;
    return Math.abs(date - before.date) < groupLasts;
}

function sameMinute(one, other) {
    return Math.floor(one / 60_000) === Math.floor(other / 60_000);
}
