// Where the words of a search stand in a text: as the server finds them, and marked in an excerpt.
import assert from 'node:assert/strict';
import test from 'node:test';

const { excerpt } = await import('../../../Sources/roost/Page/hits.js');

const marked = (text, wanted) =>
    excerpt(text, wanted).map(({ text: part, isHit }) => (isHit ? `[${part}]` : part)).join('');

const table = [
    ['cafe', 'A CAFÉ, a café, a cafeteria', 'A [CAFÉ], a [café], a cafeteria'],
    ['cafe*', 'a cafeteria', 'a [cafeteria]'],
    ['next house', 'The house next to it', 'The [house] [next] to it'],
    ['"next house"', 'next, the next\nhouse', 'next, the [next\nhouse]'],
    ['ﬁne', 'a fine day', 'a [fine] day'],
    ['fine', 'a ﬁne day', 'a [ﬁne] day'],
    ['京都', '私は京都に住む', '私は[京都]に住む'],
    ['42', 'room 42, not 421', 'room [42], not 421'],
    ['a.b', 'a b and a-b', '[a b] and [a-b]'],
    ['(', 'a ( b', 'a ( b'],
    ['.*', 'anything', 'anything'],
    ['<b>', 'so <b>bold</b>', 'so <[b]>bold</[b]>'],
    ['e\u0301te', 'l’été', 'l’[été]'],
];

for (const [wanted, text, expected] of table) {
    test(`${wanted} in ${text}`, () => assert.equal(marked(text, wanted), expected));
}

test('a long text is cut around its first hit, not inside a word or a character', () => {
    const long = `${'🐦 word '.repeat(60)}here it is${' 🐦 more'.repeat(60)}`;
    const found = marked(long, 'here');
    assert.match(found, /^…(?:🐦|word).*\[here\] it is.*…$/u);
    assert.ok(found.length < 200, found);
    assert.ok(found.isWellFormed?.() ?? true, found);
    assert.equal(marked('x'.repeat(500), 'nothing').length, 161);
    assert.equal(marked('short', 'nothing'), 'short');
});
