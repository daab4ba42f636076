// Names of users and rooms: when two names are the same, and whether a text mentions one.

// The form in which the page compares names. The server's form says more (which names look alike):
// it alone decides whether a name is allowed or taken, and its replies say how a name is spelled.
export function keyOf(name) {
    if (!isConversation(name)) return folded(name);
    return `@${name.slice(1).split(',').map(folded).sort().join(',')}`;
}

function folded(text) {
    const lower = text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase();
    return lower.normalize('NFKC').replace(/[\u200C\u200D]/gu, '');
}

// A direct conversation is a room that has the names of two people: "@ann,bob".
export const isConversation = (name) => name.startsWith('@');

// With whom the user `me` talks there; '' if it is another kind of room.
export function partnerIn(name, me) {
    if (!isConversation(name)) return '';
    const both = name.slice(1).split(',');
    const others = both.filter((one) => !sameName(one, me));
    return both.length === 2 && others.length === 1 ? others[0] : '';
}

export const sameName = (one, other) => keyOf(one) === keyOf(other);

export function compareNames(one, other) {
    return one.localeCompare(other, undefined, { sensitivity: 'base', numeric: true });
}

// A random identifier: no secret. `randomUUID` exists only in a secure context, and a plain http
// address in a home network is not one; before version 19, Node has no `crypto` there.
export function randomID() {
    const { crypto } = globalThis;
    if (crypto?.randomUUID) return crypto.randomUUID();
    const bytes = new Uint8Array(16).map(() => Math.random() * 256);
    crypto?.getRandomValues(bytes);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const nameCharacter = /[\p{L}\p{M}\p{N}_]/u;
const nameContinues = /^(?:[\p{L}\p{M}\p{N}_]|[-.]+[\p{L}\p{M}\p{N}_])/u;

// True if `text` has `@name`, and not as a part of an address, or of a longer name.
export function mentions(text, name) {
    if (!text.includes('@')) return false;
    const whole = folded(text);
    const wanted = `@${keyOf(name)}`;
    for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + 1)) {
        const before = [...whole.slice(Math.max(0, at - 2), at)].pop() ?? ' ';
        if (nameCharacter.test(before)) continue;
        if (!nameContinues.test(whole.slice(at + wanted.length))) return true;
    }
    return false;
}
