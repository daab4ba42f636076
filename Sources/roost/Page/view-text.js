// The text of a message as elements: see markup.js. Only these elements, and only text inside.

import { element } from './dom.js';
import { parse } from './markup.js';

const longLine = /^.{40}/mu;

function span(node) {
    if (typeof node === 'string') return node;
    if (node.kind === 'code') return element('code', {}, node.text);
    if (node.kind === 'link') {
        const { origin, pathname, hash } = new URL(node.address);
        // A place in this chat is shown here, and not in another tab.
        const isHere = hash && origin + pathname === location.origin + location.pathname;
        const attributes = isHere ? {}
            : { rel: 'noopener noreferrer nofollow', target: '_blank' };
        const href = isHere ? hash : node.address;
        // Its own direction isolates it from overrides in front of it.
        return element('a', { href, dir: 'ltr', attributes }, node.address);
    }
    return element(node.kind, {}, ...node.inside.map(span));
}

function listItem({ value, inside, lists }) {
    const made = element('li', {}, ...inside.map(span), ...lists.map(block));
    if (value !== undefined) made.value = value;
    return made;
}

function block(node) {
    switch (node.kind) {
        case 'code': {
            const pre = element('pre', { dir: 'ltr' }, element('code', {}, node.text));
            if (node.language) pre.dataset.language = node.language;
            // It may have to be scrolled, with the keyboard too.
            if (longLine.test(node.text)) pre.tabIndex = 0;
            return pre;
        }
        case 'quote':
            return element('blockquote', {}, ...node.blocks.map(block));
        case 'list':
            return element(node.ordered ? 'ol' : 'ul', {}, ...node.items.map(listItem));
        default:
            return element('p', {}, ...node.inside.map(span));
    }
}

function plain(node) {
    if (typeof node === 'string') return node;
    const { text, address, inside = [], blocks = [], items = [], lists = [] } = node;
    const line = inside.map(plain).join('');
    return text ?? address
        ?? [line, ...[...blocks, ...items, ...lists].map(plain)].filter(Boolean).join('\n');
}

// The text without what makes it bold, code, a list or a quote.
export const plainText = (text) => parse(text).map(plain).join('\n');

// A list has its marks, and a quote its bar, at the side from which its text is read: the direction
// is that of the whole.
export const textNodes = (text) => parse(text).map((node) => {
    const made = block(node);
    made.dir ||= 'auto';
    return made;
});
