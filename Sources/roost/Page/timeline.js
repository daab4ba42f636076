// What the list of messages shows, from top to bottom: the messages in groups, and between them the
// marks for the beginning, the days, new messages, and gaps.

import { lineOf } from './acts.js';
import { asWished, isMessage } from './entries.js';
import { dayKey, dayName, instant } from './format.js';
import { words } from './language.js';
import { keyOf, mentions } from './names.js';

const groupLasts = 5 * 60_000;

// Each item has a stable key. A message has an `entry`, a mark has a `kind` and a `text`. The item
// of a message is the same object as before if nothing about it has changed, so that thousands of
// messages cost little when one is added.
export function itemsOf(room, chat) {
    const items = [];
    const me = keyOf(chat.me);
    const pending = room.atEnd ? chat.outbox.of(room).map(entryOf(chat)) : [];
    const last = lastMessage(room.entries);
    const sent = pending.length === 0 && last?.author === me ? last : null;
    const keys = new Set();
    // The line before, whose `tail` is known only now: one object, since there are thousands.
    const line = { entry: null, me, wishes: room.wishes };
    const put = (entry, extra, edge) => {
        const before = line.entry;
        if (entry.time === undefined) {
            entry.date = instant(entry.at);
            entry.day = dayKey(entry.date);
            entry.time = Number(entry.date);
            entry.minute = Math.floor(entry.time / 60_000);
        }
        const inside = marksBefore(entry, before, room, keys);
        const marks = edge.length > 0 ? edge.concat(inside) : inside;
        const head = marks.length > 0 || !continues(before, entry);
        if (before) items.push(itemOf(line, head));
        for (const mark of marks) items.push(mark);
        const own = entry.author === me || Boolean(extra);
        line.entry = entry;
        line.own = own;
        line.key = extra?.held ? `held ${entry.id}` : keyFor(room, entry, own, keys);
        line.head = head;
        line.sameMinute = head || before.minute === entry.minute;
        line.lastOwn = entry === sent;
        line.past = room.isPast(entry);
        line.pending = extra?.pending;
        line.online = extra?.online;
        line.held = extra?.held;
    };
    const start = startOf(room);
    if (start && room.past.length === 0) items.push(start);
    let gap = [];
    for (const entry of room.past.entries) {
        if (isMessage(entry)) {
            put(entry, null, gap);
            gap = [];
        }
        if (entry.end) gap = [gapAfter(entry)];
    }
    if (start?.kind === 'loading' && room.past.length > 0) gap.push(start);
    const acts = actsIn(room);
    for (const entry of room.entries) {
        if (!isMessage(entry)) continue;
        while (acts[0]?.after < entry.offset) gap.push(acts.shift());
        put(entry, null, gap);
        gap = [];
    }
    if (room.atEnd) gap.push(...acts);
    for (const { entry, ...extra } of pending) {
        put(entry, extra, gap);
        gap = [];
    }
    if (line.entry) items.push(itemOf(line, true));
    items.push(...gap);
    return items;
}

function lastMessage(entries) {
    let at = entries.length - 1;
    while (at >= 0 && !isMessage(entries[at])) at -= 1;
    return entries[at];
}

// The item of a line: the old one, if it still fits.
function itemOf(line, tail) {
    const { entry, own, key, head, sameMinute, lastOwn, past, pending, online, held } = line;
    const old = entry.item;
    const mentioned = !own && (entry.mentioned ??= mentions(entry.text, line.me));
    const shown = past || pending ? entry : asWished(entry, line.wishes);
    const fits = old && !pending && old.own === own && old.key === key && old.head === head
        && old.tail === tail && old.sameMinute === sameMinute && old.lastOwn === lastOwn
        && old.past === past;
    if (fits) return old;
    entry.item = {
        entry, own, key, head, tail, sameMinute, lastOwn, past, pending, online, held, mentioned,
        deleted: Boolean(shown.deleted), text: shown.text, edited: shown.edited,
        reactions: shown.reactions, changing: shown !== entry,
    };
    return entry.item;
}

const entryOf = (chat) => (pending) => {
    const { text, at, id, name, fields } = pending;
    const held = chat.outbox.isHeld(pending) ? chat.me : '';
    const online = chat.rooms.get(pending.room)?.state === 'joined';
    const user = name ?? chat.me;
    const entry = { user, author: keyOf(user), text, at, id, reply: fields?.reply };
    return { entry, pending, online, held };
};

// A key that stays the same when one's own message changes from pending to sent.
function keyFor(room, entry, own, keys) {
    if (own && entry.id) {
        const byID = `id ${entry.id}`;
        if (!keys.has(byID)) {
            keys.add(byID);
            return byID;
        }
    }
    return (entry.key ??= `${entry.epoch ?? room.epoch} ${entry.offset}`);
}

function startOf(room) {
    if (room.epoch === null && room.state !== 'new') return null;
    if (room.older === 'loading') {
        return { kind: 'loading', key: 'start loading', text: words('mark.older') };
    }
    if (room.older !== 'none' && room.entries.length > 0) return null;
    const none = room.entries.length === 0;
    const whole = none ? room.position <= 0 : room.first.offset <= 1;
    let text = 'mark.begins';
    if (!whole) text = 'mark.notKept';
    else if (room.renewed) text = 'mark.renewed';
    else if (room.kind === 'direct') text = 'mark.direct';
    else if (none) text = 'mark.first';
    const kind = whole ? 'start' : 'edge';
    return { kind, key: `start ${whole}`, text: words(text, { room: room.title }) };
}

function gapAfter(entry) {
    const { epoch, offset, end } = entry;
    return { kind: 'missed', key: `gap ${epoch} ${offset}`, text: words(`mark.${end}`) };
}

// What moderators have done, after which place in the window.
const actsIn = (room) => room.acts
    .filter(({ epoch, after }) => epoch === room.epoch && after + 1 >= (room.first?.offset ?? 0))
    .map((act) => ({ kind: 'act', key: `act ${act.number}`, text: lineOf(act), after: act.after }));

const noMarks = [];

function marksBefore(entry, before, room, keys) {
    const isNewDay = !before || before.day !== entry.day;
    const isFresh = entry.offset === room.newFrom && !room.isPast(entry);
    if (!isNewDay && !isFresh) return noMarks;
    const marks = [];
    if (isNewDay) {
        const day = `day ${entry.day}`;
        const key = keys.has(day) ? `${day} ${entry.offset}` : day; // a clock may have gone back
        keys.add(day);
        marks.push({ kind: 'day', key, text: dayName(entry.date) });
    }
    if (isFresh) marks.push({ kind: 'fresh', key: 'fresh', text: words('mark.new') });
    return marks;
}

function continues(before, entry) {
    if (!before || before.author !== entry.author) return false;
    return Math.abs(entry.time - before.time) < groupLasts;
}
