// The rows of the list of messages, in chunks. A chunk that is out of sight costs the browser no
// style, layout or paint, but its text can be found and read out. A row stays the same element
// while its key stays, even if it moves to another chunk.

import { element } from './dom.js';

const chunkLength = 64;

// Items without a message belong to the message below them.
function chunksOf(items) {
    const chunks = [];
    let waiting = [];
    let last = null;
    for (const item of items) {
        if (!item.entry) {
            waiting.push(item);
            continue;
        }
        const { epoch, offset } = item.entry;
        const number = Math.floor(offset / chunkLength);
        // What is not sent yet stands with the last message.
        const isInside = last && (offset === undefined
            || (last.epoch === epoch && last.number === number));
        if (!isInside) {
            const key = offset === undefined ? 'unsent' : `${epoch ?? ''} ${number}`;
            last = { key, epoch, number, items: [] };
            chunks.push(last);
        }
        if (waiting.length > 0) {
            last.items.push(...waiting);
            waiting = [];
        }
        last.items.push(item);
    }
    if (waiting.length === 0) return chunks;
    if (last) last.items.push(...waiting);
    else chunks.push({ key: 'marks', items: waiting });
    return chunks;
}

export class Rows {
    #list;
    #make;
    #update;
    #chunks = new Map(); // key → {node, items}
    #nodes = new Map(); // key → row
    #unsettled = new Set(); // chunks whose height the browser does not know yet

    // `make(item)` creates a row, `update(row, item)` brings it up to date.
    constructor(list, make, update) {
        this.#list = list;
        this.#make = make;
        this.#update = update;
    }

    clear() {
        this.#list.replaceChildren();
        this.#chunks.clear();
        this.#nodes.clear();
        this.#unsettled.clear();
    }

    show(items) {
        const before = this.#chunks;
        this.#chunks = new Map();
        const gone = new Set();
        for (const { key, items: inside } of chunksOf(items)) {
            // Two parts of the past may have messages of one epoch with the same numbers.
            const name = this.#chunks.has(key) ? `${key} ${this.#chunks.size}` : key;
            const { node, items: old } = before.get(name) ?? { node: makeChunk(), items: [] };
            before.delete(name);
            const isKnown = (item, index) => item.entry && item === old[index];
            const isNew = old.length !== inside.length || !inside.every(isKnown);
            if (isNew) for (const item of old) gone.add(item.key);
            this.#chunks.set(name, { node, items: inside, isNew });
        }
        for (const { node, items: old } of before.values()) {
            node.remove();
            for (const item of old) gone.add(item.key);
        }
        this.#draw(gone);
        this.#settle();
    }

    // `gone`: keys of rows that are not in their old chunk any more, unless a new one has them.
    #draw(gone) {
        const chunks = [...this.#chunks.values()];
        const drawn = chunks.filter(({ isNew }) => isNew);
        for (const { items } of drawn) for (const item of items) gone.delete(item.key);
        for (const key of gone) {
            this.#nodes.get(key)?.remove();
            this.#nodes.delete(key);
        }
        let place = this.#list.firstChild;
        for (const { node } of chunks) {
            if (node === place) place = place.nextSibling;
            else this.#list.insertBefore(node, place);
        }
        for (const { node, items } of drawn) this.#fill(node, items);
    }

    #fill(node, items) {
        let place = node.firstChild;
        for (const item of items) {
            let row = this.#nodes.get(item.key);
            if (!row) {
                row = this.#make(item);
                this.#nodes.set(item.key, row);
            }
            this.#update(row, item);
            if (row === place) {
                place = place.nextSibling;
            } else {
                node.insertBefore(row, place);
                this.#unsettled.add(node);
                if (node.dataset.settled === '') delete node.dataset.settled;
            }
        }
    }

    // A chunk that has been laid out once need not be laid out while it is out of sight: from then
    // on the browser knows its height, and nothing moves when it comes into view. The last one
    // grows with each message, and has to wait.
    #settle() {
        const last = this.#list.lastChild;
        const chunks = [...this.#unsettled].filter((node) => node !== last);
        if (chunks.length === 0) return;
        for (const node of chunks) this.#unsettled.delete(node);
        requestAnimationFrame(() => requestAnimationFrame(() => {
            for (const node of chunks) if (!this.#unsettled.has(node)) node.dataset.settled = '';
        }));
    }

    // The first message below this height of the list, and its height, by bisection.
    firstBelow(top) {
        const chunk = firstEnding(this.#list.children, top, 0);
        if (!chunk) return null;
        for (let node = chunk; node; node = node.nextSibling) {
            let row = firstEnding(node.children, top, node.offsetTop);
            while (row && !row.classList.contains('message')) row = row.nextSibling;
            if (row) return row;
        }
        return null;
    }

    // The row of an item's message, if it is there.
    rowOf(item) {
        return this.#nodes.get(item?.key);
    }

    // Where a row begins; undefined if it is not in the list any more.
    topOf(row) {
        return row.isConnected ? row.parentNode.offsetTop + row.offsetTop : undefined;
    }

    // Where the chunk of the message with this key begins.
    chunkTopOf(key) {
        return this.#nodes.get(key)?.parentNode.offsetTop ?? 0;
    }
}

function firstEnding(nodes, top, start) {
    let low = 0;
    let high = nodes.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        const node = nodes[middle];
        if (start + node.offsetTop + node.offsetHeight > top) high = middle;
        else low = middle + 1;
    }
    return nodes[low] ?? null;
}

function makeChunk() {
    return element('div', { className: 'chunk', attributes: { role: 'none' } });
}
