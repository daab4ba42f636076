// A message's text as a tree: tables of what is markup and what is not, hostile texts, and random
// ones, of which no character is lost and no element is outside of the allowed ones.
import assert from 'node:assert/strict';
import test from 'node:test';

const { parse } = await import('../../../Sources/roost/Page/markup.js');

// The tree as short text: [em a], {code}, <address>.
const span = (node) => {
    if (typeof node === 'string') return node;
    if (node.kind === 'code') return `{${node.text}}`;
    if (node.kind === 'link') return `<${node.address}>`;
    return `[${node.kind} ${node.inside.map(span).join('')}]`;
};
const listItem = ({ value, inside, lists }) =>
    `(${value ?? '•'} ${inside.map(span).join('')}${lists.map(block).join('')})`;
const block = (node) => {
    switch (node.kind) {
        case 'code': return `CODE ${node.language}:${node.text}`;
        case 'quote': return `QUOTE ${node.blocks.map(block).join(' / ')}`;
        case 'list': return `LIST${node.items.map(listItem).join('')}`;
        default: return node.inside.map(span).join('');
    }
};
const short = (text) => parse(text).map(block).join(' / ');

const table = [
    // Marks around words.
    ['a **b** c', 'a [strong b] c'],
    ['*a* and _b_', '[em a] and [em b]'],
    ['***x***', '[strong [em x]]'],
    ['**a *b* c**', '[strong a [em b] c]'],
    ['*a **b** c*', '[em a [strong b] c]'],
    ['"*a*", (**b**).', '"[em a]", ([strong b]).'],
    ['这是**粗体**文字', '这是[strong 粗体]文字'],
    ['*мир* и _мир_', '[em мир] и [em мир]'],
    ['*two\nlines*', '[em two\nlines]'],
    // What only looks like marks.
    ['snake_case_name', 'snake_case_name'],
    ['2*3*4 and 2**3**4', '2*3*4 and 2**3**4'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['__init__ and __b__', '__init__ and __b__'],
    ['*a', '*a'], ['a*', 'a*'], ['**a*', '**a*'], ['*a**', '*a**'], ['**', '**'], ['****', '****'],
    ['*a *b*', '*a [em b]'],
    ['**a _b** c_', '[strong a _b] c_'],
    ['¯\\_(ツ)_/¯', '¯\\_(ツ)_/¯'],
    ['a\\*b \\*c*', 'a\\*b \\*c*'],
    ['# no heading', '# no heading'],
    ['![x](y) [a](http://b.c)', '![x](y) [a](<http://b.c>)'],
    ['<b>*a*</b>', '<b>[em a]</b>'],
    // Code.
    ['`a*b*`', '{a*b*}'],
    ['`` a`b ``', '{a`b}'],
    ['`a', '`a'], ['``a`', '``a`'],
    ['*`a*`', '*{a*}'],
    ['`http://a.b`', '{http://a.b}'],
    ['```js\nlet a;\n    b();\n```', 'CODE js:let a;\n    b();'],
    ['before\n```\n*a*\n> b\n```\nafter', 'before / CODE :*a*\n> b / after'],
    ['```\nno end', '```\nno end'],
    ['```\n```', 'CODE :'],
    ['```two words\na\n```', '{two words\na\n}'],
    ['    four blanks\n\tand a tab', '    four blanks\n\tand a tab'],
    // Links.
    ['see http://a.b/c_d_e.', 'see <http://a.b/c_d_e>.'],
    ['(http://a.b/)', '(<http://a.b/>)'],
    ['(see http://a.b/c_(d))', '(see <http://a.b/c_(d))>'],
    ['“http://a.b/f” («http://a.b/g».)', '“<http://a.b/f>” («<http://a.b/g>».)'],
    ['http://a.b/g، http://a.b/h؟ http://a.b/d。', '<http://a.b/g>، <http://a.b/h>؟ <http://a.b/d>。'],
    ['http://a.b/e！ 「http://a.b/i」', '<http://a.b/e>！ 「<http://a.b/i>」'],
    ['http://a.b/é http://a.b/部屋 http://a.b/-', '<http://a.b/é> <http://a.b/部屋> <http://a.b/->'],
    ['**http://a.b/**', '[strong <http://a.b/>]'],
    ['http://a.b/x*y*z', '<http://a.b/x*y*z>'],
    ['javascript:alert(1) data:x ftp://a', 'javascript:alert(1) data:x ftp://a'],
    ['http://', 'http://'],
    // Quotes and lists.
    ['> a\n> b\nc', 'QUOTE a\nb / c'],
    ['> > a', 'QUOTE QUOTE a'],
    ['>:( and >_<', '>:( and >_<'],
    ['> - a\n> - b', 'QUOTE LIST(• a)(• b)'],
    ['- a\n* b\n+ c', 'LIST(• a)(• b)(• c)'],
    ['1. a\n3. b', 'LIST(1 a)(3 b)'],
    ['- a\n  - b\n    more\n- c', 'LIST(• aLIST(• b\nmore))(• c)'],
    ['- *a*', 'LIST(• [em a])'],
    ['-a\n-- b\n1.5 c\n1) d', '-a\n-- b\n1.5 c\n1) d'],
    ['- ', '- '],
    ['a\n\n- b\n\nc', 'a / LIST(• b) / c'],
    ['\n\na\n\n\nb\n', '\n\na\n\n\nb\n'],
];

for (const [text, expected] of table) {
    test(JSON.stringify(text), () => assert.equal(short(text), expected));
}

const spans = new Set(['code', 'link', 'em', 'strong']);
const blocks = new Set(['text', 'code', 'quote', 'list']);

// All characters of the tree in their order, and its depth; what is not allowed fails.
function look(text) {
    const found = { characters: '', depth: 0 };
    const inside = (nodes, depth) => {
        found.depth = Math.max(found.depth, depth);
        for (const node of nodes) {
            if (typeof node === 'string') {
                found.characters += node;
                continue;
            }
            assert.ok(spans.has(node.kind), node.kind);
            if (node.kind === 'link') assert.match(node.address, /^https?:\/\/[^\s<>"']+$/iu);
            found.characters += node.text ?? node.address ?? '';
            if (node.inside) inside(node.inside, depth + 1);
        }
    };
    const visit = (nodes, depth) => {
        found.depth = Math.max(found.depth, depth);
        for (const node of nodes) {
            assert.ok(blocks.has(node.kind), node.kind);
            found.characters += (node.language ?? '') + (node.text ?? '');
            if (node.inside) inside(node.inside, depth + 1);
            if (node.blocks) visit(node.blocks, depth + 1);
            for (const { value, inside: line, lists } of node.items ?? []) {
                if (value !== undefined) found.characters += value;
                inside(line, depth + 1);
                visit(lists, depth + 1);
            }
        }
    };
    visit(parse(text), 0);
    return found;
}

// What is left of a text without what may be markup.
const kept = (text) => text.replace(/[*_`>+\-.\s]/gu, '').replace(/0+(?=\d)/gu, '');

test('no character is lost in random texts', () => {
    let seed = 7;
    const random = (limit) => {
        seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
        return (seed >>> 8) % limit;
    };
    const parts = ['*', '**', '_', '`', '``', '```', '\n', '\n\n', ' ', '  ', '    ', '- ', '> ', '1. ',
        '9. ', 'a', 'word', 'ä', '字', '🐦', 'http://a.b/c', '.', ')', '(', '<b>', '&amp;', '\\', '\u202e',
        '```js\n', '\n```\n'];
    for (let run = 0; run < 20_000; run += 1) {
        const text = Array.from({ length: random(30) }, () => parts[random(parts.length)]).join('');
        const { characters, depth } = look(text);
        assert.equal(kept(characters), kept(text), JSON.stringify(text));
        assert.ok(depth < 20, JSON.stringify(text));
    }
});

const hostile = ['*', '_', '`', '**', '*a', '*a ', ' a*', '_a*', '**a *b ', '> ', '- ', '- a\n',
    '1. a\n  - b\n', '> > > > a\n', '```\n', '```a\n', '`a``b```c', 'http://', 'http://a.b/(',
    'http://a.b/*', '  - a\n    - b\n', '(*', '*(', '[](', '\n', '*a_b', '🐦*', '&<>"'];

test('the time grows with the length', () => {
    const time = (text) => {
        const before = performance.now();
        parse(text);
        return performance.now() - before;
    };
    const fill = (part, length) => part.repeat(Math.ceil(length / part.length)).slice(0, length);
    for (const part of [...hostile, ...hostile.map((one) => `${one}*b**c_\``)]) {
        const { depth } = look(fill(part, 4000));
        assert.ok(depth < 20, `${JSON.stringify(part)} is ${depth} deep`);
        // 32 times what a message may have: what is not linear would take minutes.
        const took = time(fill(part, 128_000));
        assert.ok(took < 2_000, `${JSON.stringify(part)}: ${took} ms`);
    }
    // Backticks in runs of all lengths.
    const runs = Array.from({ length: 350 }, (_, index) => '`'.repeat(index + 1)).join(' ');
    assert.ok(time(runs) < 500);
});
