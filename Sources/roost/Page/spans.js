// What is inside the lines of a message: text, and {kind: 'code', text}, {kind: 'link', address} and
// {kind: 'strong' | 'em', inside}. Each character is looked at a bounded number of times.

const deepest = 6;
// An address ends where a mark of direction begins: with it, it would not be read as it is.
const link = /\bhttps?:\/\/[^\s<>"'`\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/giu;
// Full stops and quotation marks of all scripts, but not what may end a path.
const endsSentence = /[.,;:!?*_]|(?!\p{ASCII})\p{P}/u;
const marks = /`+|\*+|_+/gu;
// A backslash keeps what comes after it as it is.
const word = /[\p{L}\p{M}\p{N}_\\]/u;
const plainWord = /\w/u;

// A full stop or bracket at the end of an address belongs to the sentence, not to the link.
function addressIn(found) {
    const bracket = found.includes('(') ? '' : ')';
    let end = found.length;
    while (found[end - 1] === bracket || endsSentence.test(found[end - 1])) end -= 1;
    const address = found.slice(0, end);
    return URL.canParse?.(address) ? address : '';
}

// The places of all addresses.
function linksIn(text) {
    const links = [];
    if (!text.includes('://')) return links;
    for (const { 0: found, index } of text.matchAll(link)) {
        const address = addressIn(found);
        if (address) links.push({ kind: 'link', address, start: index, end: index + address.length });
    }
    return links;
}

// Code: from some backticks to the next that are as many. Blanks at both sides belong to the marks.
function codeIn(text, runs) {
    const next = new Map();
    const closing = new Map();
    for (const run of [...runs].reverse()) {
        closing.set(run, next.get(run[0].length));
        next.set(run[0].length, run);
    }
    const found = [];
    let end = 0;
    for (const run of runs) {
        const other = closing.get(run);
        if (run.index < end || !other) continue;
        end = other.index + other[0].length;
        let inside = text.slice(run.index + run[0].length, other.index);
        if (/^ .*\S.* $/su.test(inside)) inside = inside.slice(1, -1);
        found.push({ kind: 'code', text: inside, start: run.index, end });
    }
    return found;
}

// Two lists of places without overlaps: what begins first counts.
function merged(one, other) {
    const all = [...one, ...other].sort((a, b) => a.start - b.start);
    let end = 0;
    return all.filter((place) => {
        if (place.start < end) return false;
        end = place.end;
        return true;
    });
}

// `*` and `_` beside a word begin or end something, but not inside of one: snake_case and 2*3*4 stay
// as they are. `**` may stand beside characters of scripts that have no blanks.
function tokensOf(text, index, length) {
    const before = text[index - 1] ?? ' ';
    const after = text[index + length] ?? ' ';
    const isPart = length === 2 ? plainWord : word;
    const opens = /\S/u.test(after) && !isPart.test(before);
    const closes = /\S/u.test(before) && !isPart.test(after);
    const make = (size, at) => ({
        mark: text.slice(at, at + size), start: at, end: at + size, opens, closes,
    });
    if (length < 3) return [make(length, index)];
    return opens ? [make(2, index), make(1, index + 2)] : [make(1, index), make(2, index + 1)];
}

// Joins each mark at an end with the nearest mark at a beginning.
function pair(tokens) {
    const open = [];
    const counts = {};
    for (const token of tokens) {
        const { mark } = token;
        if (token.closes && counts[mark] > 0) {
            let other;
            do {
                other = open.pop();
                counts[other.mark] -= 1;
            } while (other.mark !== mark);
            if (other.end < token.start) {
                other.partner = token;
                token.partner = other;
            }
        } else if (token.opens) {
            open.push(token);
            counts[mark] = (counts[mark] ?? 0) + 1;
        }
    }
}

// The tree of the places that mean something, and of the text between them.
function treeOf(text, places) {
    const root = [];
    const open = [root];
    let end = 0;
    const put = (node) => {
        if (node !== '') open[open.length - 1].push(node);
    };
    for (const place of places) {
        const { mark, partner, start } = place;
        if (mark && (!partner || partner.isFlat)) continue;
        const isStart = mark && partner.start > start;
        if (isStart && open.length > deepest) {
            place.isFlat = true;
            continue;
        }
        put(text.slice(end, start));
        end = place.end;
        if (!mark) {
            put(place);
        } else if (isStart) {
            const node = { kind: mark.length === 2 ? 'strong' : 'em', inside: [] };
            put(node);
            open.push(node.inside);
        } else {
            open.pop();
        }
    }
    put(text.slice(end));
    return root;
}

export function spansOf(text) {
    const runs = [...text.matchAll(marks)];
    const fixed = merged(linksIn(text), codeIn(text, runs.filter(([run]) => run[0] === '`')));
    const tokens = [];
    let next = 0;
    for (const { 0: run, index } of runs) {
        while (fixed[next] && fixed[next].end <= index) next += 1;
        const isInside = fixed[next] && fixed[next].start <= index;
        const most = run[0] === '*' ? 3 : 1; // __init__ is a name
        if (run[0] === '`' || isInside || run.length > most) continue;
        tokens.push(...tokensOf(text, index, run.length));
    }
    pair(tokens);
    return treeOf(text, [...fixed, ...tokens].sort((a, b) => a.start - b.start));
}
