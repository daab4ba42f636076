// The text of a message as elements: see markup.js. Only these elements, and only text inside.

import { element } from './dom.js';
import { parse } from './markup.js';

const longLine = /^.{40}/mu;

function span(node) {
    if (typeof node === 'string') return node;
    if (node.kind === 'code') return element('code', {}, node.text);
    if (node.kind === 'link') {
        const attributes = { rel: 'noopener noreferrer nofollow', target: '_blank' };
        // Its own direction isolates it from overrides in front of it.
        return element('a', { href: node.address, dir: 'ltr', attributes }, node.address);
    }
    return element(node.kind, {}, ...node.inside.map(span));
}

function listItem({ value, inside, lists }) {
    const made = element('li', { dir: 'auto' }, ...inside.map(span), ...lists.map(block));
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
            return element('p', { dir: 'auto' }, ...node.inside.map(span));
    }
}

export const textNodes = (text) => parse(text).map(block);
