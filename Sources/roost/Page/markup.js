// A message's text as a tree: a small part of Markdown, in linear time, and never HTML. What is not
// markup stays text, as it was written.
//
// Blocks: {kind: 'text', inside}, {kind: 'code', text, language}, {kind: 'quote', blocks} and
// {kind: 'list', ordered, items: [{value, inside, lists}]}. What is inside a line: see spans.js.

import { spansOf } from './spans.js';

const deepestQuote = 3;
const deepestList = 4;

const fence = /^ {0,3}```([\w+#.-]{0,20})[^\S\n]*$/u;
const fenceEnd = /^ {0,3}```[^\S\n]*$/u;
const quote = /^>(?: |$)/u;
const item = /^( {0,8})([-*+]|\d{1,9}\.) +(?=\S)/u;
const more = /^ {2,}\S/u; // a line that goes on with the item above it

// Reads lines from `lines`, beginning at `at`.
class Reader {
    constructor(lines) {
        this.lines = lines;
        this.at = 0;
        // Without an end a fence is text: where the last end is, is looked up once.
        this.lastFence = lines.findLastIndex((line) => fenceEnd.test(line));
    }

    get line() {
        return this.lines[this.at];
    }

    get isDone() {
        return this.at >= this.lines.length;
    }

    takeWhile(fits) {
        const start = this.at;
        while (!this.isDone && fits(this.line)) this.at += 1;
        return this.lines.slice(start, this.at);
    }
}

function codeBlock(reader) {
    const [, language] = fence.exec(reader.line);
    reader.at += 1;
    const text = reader.takeWhile((line) => !fenceEnd.test(line)).join('\n');
    reader.at += 1;
    return { kind: 'code', text, language };
}

function quoteBlock(reader, depth) {
    const lines = reader.takeWhile((line) => quote.test(line));
    return { kind: 'quote', blocks: blocksOf(lines.map((line) => line.slice(2)), depth + 1) };
}

// Items that are further in belong to the item above them.
function listBlock(reader, depth = 1) {
    const [, indent, mark] = item.exec(reader.line);
    const list = { kind: 'list', ordered: mark.length > 1, items: [] };
    while (!reader.isDone) {
        const found = item.exec(reader.line);
        const last = list.items[list.items.length - 1];
        if (!found) {
            if (!last || !more.test(reader.line)) break;
            last.lines.push(reader.line.trimStart());
            reader.at += 1;
            continue;
        }
        const further = found[1].length - indent.length;
        if (further < 0) break;
        if (further > 1 && last && depth < deepestList) {
            last.lists.push(listBlock(reader, depth + 1));
            continue;
        }
        if ((found[2].length > 1) !== list.ordered) break;
        const value = list.ordered ? Number.parseInt(found[2], 10) : undefined;
        list.items.push({ value, lines: [reader.line.slice(found[0].length)], lists: [] });
        reader.at += 1;
    }
    list.items = list.items.map(({ value, lines, lists }) =>
        ({ value, inside: spansOf(lines.join('\n')), lists }));
    return list;
}

function withoutEmpty(lines) {
    const first = lines.findIndex((line) => line.trim() !== '');
    return first < 0 ? [] : lines.slice(first);
}

function blocksOf(lines, depth) {
    const reader = new Reader(lines);
    const blocks = [];
    let plain = [];
    const put = (block) => {
        // Empty lines beside a block are the space between the two.
        if (blocks.length > 0) plain = withoutEmpty(plain);
        while (block && plain.length > 0 && plain[plain.length - 1].trim() === '') plain.pop();
        if (plain.length > 0) blocks.push({ kind: 'text', inside: spansOf(plain.join('\n')) });
        plain = [];
        if (block) blocks.push(block);
    };
    while (!reader.isDone) {
        const { line } = reader;
        if (reader.at < reader.lastFence && fence.test(line)) put(codeBlock(reader));
        else if (depth < deepestQuote && quote.test(line)) put(quoteBlock(reader, depth));
        else if (item.test(line)) put(listBlock(reader));
        else {
            plain.push(line);
            reader.at += 1;
        }
    }
    put(null);
    return blocks;
}

export const parse = (text) => blocksOf(text.split('\n'), 0);
