// Where the words that somebody looks for stand in a text, by the rules of the server's search:
// whole words, `wor*` for any that begin so, `"two words"` side by side; capitals and accents make
// no difference.

const longest = 160; // characters of an excerpt
const before = 50; // of these in front of the first hit

// Scripts that are written without blanks between words.
const unspaced = ['Han', 'Hira', 'Kana', 'Thai', 'Laoo', 'Khmr', 'Mymr']
    .map((script) => `\\p{sc=${script}}`).join('');
const edge = `(?<![\\p{L}\\p{N}])`;
const end = `(?![\\p{L}\\p{N}])`;
const beginsUnspaced = new RegExp(`^[${unspaced}]`, 'u');
const rest = `[\\p{L}\\p{N}]*`;

const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

// The text without what makes no difference, and where each of its characters came from.
function folded(text) {
    let made = '';
    const from = [];
    let at = 0;
    for (const character of text) {
        for (const unit of plain(character).split('')) {
            made += unit;
            from.push(at);
        }
        at += character.length;
    }
    return { made, from: [...from, at] };
}

function patternOf(term) {
    const words = plain(term).match(/[\p{L}\p{N}]+/gu) ?? [];
    if (words.length === 0) return '';
    const inside = words.join('[^\\p{L}\\p{N}]+');
    if (beginsUnspaced.test(inside)) return inside;
    return `${edge}${inside}${term.endsWith('*') ? rest : end}`;
}

// The text around its first hit, in parts: {text, isHit}.
export function excerpt(text, wanted) {
    const terms = wanted.match(/"[^"]*"?|[^\s"]+/gu) ?? [];
    const pattern = terms.map(patternOf).filter(Boolean).join('|');
    const { made, from } = folded(text);
    const found = pattern ? [...made.matchAll(new RegExp(pattern, 'gu'))] : [];
    const hits = found.map(({ 0: hit, index }) => [from[index], from[index + hit.length]]);
    const start = wordStart(text, Math.max(0, (hits[0]?.[0] ?? 0) - before));
    const stop = start + longest;
    const parts = [{ text: start > 0 ? '…' : '', isHit: false }];
    let at = start;
    for (const [first, last] of hits) {
        if (first < at || last > stop) continue;
        parts.push({ text: text.slice(at, first), isHit: false },
            { text: text.slice(first, last), isHit: true });
        at = last;
    }
    const tail = text.slice(at, Math.max(at, stop));
    parts.push({ text: text.length > stop ? `${tail.trimEnd()}…` : tail, isHit: false });
    return parts.filter((part) => part.text !== '');
}

// Not in the middle of a word, or of a character.
function wordStart(text, at) {
    if (at === 0) return 0;
    const blank = text.slice(at, at + 20).search(/\s/u);
    const start = blank < 0 ? at : at + blank + 1;
    return /[\uDC00-\uDFFF]/u.test(text[start] ?? '') ? start + 1 : start;
}
