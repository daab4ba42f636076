// Which names may be meant by what somebody has begun to write.

import { compareNames, keyOf, sameName } from './names.js';

const most = 8;
const begun = /(?:^|[^\p{L}\p{M}\p{N}_])(@[\p{L}\p{M}\p{N}_.-]{0,64})$/u;
const anyWord = /(?:^|[^\p{L}\p{M}\p{N}_@.-])([\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_.-]{0,63})$/u;

// The name that is being written before the caret: {start, prefix}, or null. It begins with an @;
// with `any` every word may become one.
export function nameBefore(text, caret, any = false) {
    const before = text.slice(Math.max(0, caret - 80), caret);
    const found = begun.exec(before) ?? (any ? anyWord.exec(before) : null);
    if (!found) return null;
    return { start: caret - found[1].length, prefix: found[1].replace('@', '') };
}

// The people in the room who may be meant: first the name that is written in full, then the people
// who spoke last.
export function candidates(prefix, room, me) {
    const key = keyOf(prefix);
    const spoke = new Map();
    for (const { author, user } of room.entries.slice(-200)) {
        spoke.delete(author);
        spoke.set(author, user);
    }
    const rank = new Map([...spoke.keys()].reverse().map((author, index) => [author, index]));
    const rankOf = (name) => (keyOf(name) === key ? -1 : rank.get(keyOf(name)) ?? rank.size);
    // Of a large room only those are known who have spoken.
    const names = room.members ? [...room.members.values()] : [...spoke.values()];
    return names.filter((name) => keyOf(name).startsWith(key) && !sameName(name, me))
        .sort((one, other) => rankOf(one) - rankOf(other) || compareNames(one, other))
        .slice(0, most);
}
