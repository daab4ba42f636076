// Names of users and rooms: when two names are the same, and a name's initials and colour.

export const tintCount = 18;

// The form in which the page compares names. The server's form says more (which names look alike):
// it alone decides whether a name is allowed or taken, and its replies say how a name is spelled.
export function keyOf(name) {
    const folded = name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase();
    return folded.normalize('NFKC').replace(/[\u200C\u200D]/gu, '');
}

export const sameName = (one, other) => keyOf(one) === keyOf(other);

function firstCharacter(text) {
    if ('Segmenter' in Intl) {
        for (const { segment } of new Intl.Segmenter().segment(text)) return segment;
    }
    return [...text][0] ?? '';
}

// "ann_lee" is AL, "ann" is A.
export function initials(name) {
    const parts = name.split(/[-_.]+/u).filter(Boolean);
    const letters = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : [name];
    return letters.map((part) => firstCharacter(part).toUpperCase()).join('');
}

// The colour of a name: the same for everyone. FNV-1a over its key, and then the finaliser of
// MurmurHash3: the low bits of FNV-1a alone put short names into few of the colours.
export function tintOf(name) {
    let hash = 0x811c9dc5;
    for (const character of keyOf(name)) {
        hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) % tintCount;
}

export function compareNames(one, other) {
    return one.localeCompare(other, undefined, { sensitivity: 'base', numeric: true });
}

// A random identifier. `randomUUID` exists only in a secure context, and a plain http address in a
// home network is not one.
export function randomID() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const nameCharacter = /[\p{L}\p{M}\p{N}_]/u;
const nameContinues = /^(?:[\p{L}\p{M}\p{N}_]|[-.]+[\p{L}\p{M}\p{N}_])/u;

// True if `text` has `@name`, and not as a part of an address, or of a longer name.
export function mentions(text, name) {
    if (!text.includes('@')) return false;
    const folded = keyOf(text);
    const wanted = `@${keyOf(name)}`;
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
        const before = [...folded.slice(Math.max(0, at - 2), at)].pop() ?? ' ';
        if (nameCharacter.test(before)) continue;
        if (!nameContinues.test(folded.slice(at + wanted.length))) return true;
    }
    return false;
}
