// Names of users and rooms: when two names are the same, and a name's initials and colour.

export const tintCount = 12;

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

// The colour of a name: the same for everyone (FNV-1a over its key).
export function tintOf(name) {
    let hash = 0x811c9dc5;
    for (const character of keyOf(name)) {
        hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
    }
    return (hash >>> 0) % tintCount;
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

// True if `text` contains `name` as a separate word.
export function mentions(text, name) {
    const folded = keyOf(text);
    const wanted = keyOf(name);
    const partOfName = /[\p{L}\p{M}\p{N}_]/u;
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
        const before = at > 0 ? folded[at - 1] : ' ';
        const after = folded[at + wanted.length] ?? ' ';
        if (!partOfName.test(before) && !partOfName.test(after)) return true;
    }
    return false;
}
