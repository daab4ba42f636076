// Helpers for the DOM: elements with text, and lists kept in step with data. Text is never parsed
// as HTML.

export const byID = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    const { className, dataset, attributes, ...others } = properties;
    if (className) made.className = className;
    if (dataset) Object.assign(made.dataset, dataset);
    for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
    Object.assign(made, others);
    made.append(...children);
    return made;
}

// An icon from the page's own sprite.
export function icon(name) {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    const use = document.createElementNS(space, 'use');
    use.setAttribute('href', `#icon-${name}`);
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    svg.append(use);
    return svg;
}

// These change the DOM only if the value is new: otherwise a live region would be read out again.
export function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
}

export function setHidden(node, hidden) {
    if (node.hidden !== hidden) node.hidden = hidden;
}

// True for a key that belongs to an input method, which is composing a character. In Safari the
// Enter that confirms one comes after the composition's end, and only its code tells.
export const composes = (event) => event.isComposing || event.keyCode === 229;

// True where Enter should start a new line, since it is hard to hold Shift on a touch keyboard.
export const touchKeyboard = matchMedia('(pointer: coarse)');

const keyed = new WeakMap();

// Makes one child of `parent` for each of `items`, in order, and keeps the element of each key.
// `make(item)` creates an element, `update(element, item)` brings it up to date.
export function reconcile(parent, items, keyFor, make, update) {
    const old = keyed.get(parent) ?? new Map();
    const now = new Map();
    for (const item of items) now.set(keyFor(item), item);
    for (const [key, node] of old) {
        if (now.has(key)) continue;
        node.remove();
        old.delete(key);
    }
    let place = parent.firstChild;
    for (const [key, item] of now) {
        let node = old.get(key);
        if (!node) {
            node = make(item);
            old.set(key, node);
        }
        update(node, item);
        if (node === place) place = place.nextSibling;
        else parent.insertBefore(node, place);
    }
    keyed.set(parent, old);
}
