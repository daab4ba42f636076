// What the list of messages shows, from top to bottom: the messages in groups, and between them the
// marks for the beginning, the days, new messages, and gaps.

import { dayKey, dayName, instant } from './format.js';
import { mentions, sameName } from './names.js';

const groupLasts = 5 * 60_000;

// Each item has a stable key. A message has an `entry`, a mark has a `kind` and a `text`.
export function itemsOf(room, chat) {
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

// A key that stays the same when one's own message changes from pending to sent.
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
