// The entries of a room's log as the page keeps them: messages, and what changes a message, which
// is not shown itself. In the server's pages a message is as it is now.

import { keyOf } from './names.js';

// The fields that are kept of an entry; any others are ignored.
export function entryOf(entry) {
    const { type = 'message', offset, user, text = '', at, id } = entry;
    const kept = { type, offset, user, author: keyOf(user ?? ''), text, at, id };
    for (const field of ['reply', 'edited', 'reactions', 'deleted', 'target', 'emoji']) {
        if (entry[field] !== undefined) kept[field] = entry[field];
    }
    return kept;
}

export const isMessage = ({ type }) => type === 'message';

// Changes the message as an entry with its offset as `target` says.
export function applyChange(message, { type, offset, user, text, emoji }) {
    if (message.deleted) return;
    if (type === 'edited') {
        if (offset < (message.edited ?? 0)) return;
        message.edited = offset;
        message.text = text;
    } else if (type === 'deleted') {
        message.deleted = offset;
        message.text = '';
        delete message.reactions;
    } else if (type === 'reaction') {
        message.reactions = withReaction(message.reactions ?? {}, user, emoji);
    }
    // What was computed of it (timeline.js).
    delete message.item;
    delete message.mentioned;
}

// Changes the message among these, and lets whatever quotes it be drawn anew. Of a quoted message
// that is gone there is null.
export function changeAmong(entries, change) {
    for (const entry of entries) {
        if (entry?.offset === change.target) applyChange(entry, change);
        else if (entry?.reply === change.target) delete entry.item;
    }
}

// The message as it will be when the server has done what this user wishes: `wishes` are changes
// by the offset of their message.
export function asWished(entry, wishes) {
    const own = wishes.get(entry.offset);
    if (!own) return entry;
    const copy = { ...entry };
    for (const wish of own) applyChange(copy, wish);
    return copy;
}

// A user has one reaction to a message. `emoji` is null if it is taken back.
function withReaction(reactions, user, emoji) {
    const key = keyOf(user);
    const made = {};
    for (const [old, names] of Object.entries(reactions)) {
        const others = names.filter((name) => keyOf(name) !== key);
        if (others.length > 0) made[old] = others;
    }
    if (emoji) made[emoji] = [...(made[emoji] ?? []), user];
    return made;
}
