// Dialogs that the document does not have: only people need them who have logged in.

import { element, icon } from './dom.js';

// An element whose text, or label, is the page's: `data-words` and others, as in the document.
export const said = (tag, key, properties = {}, ...children) =>
    element(tag, { ...properties, dataset: { words: key, ...properties.dataset } }, ...children);

// Its title is its name, and is read out once: beside a label it would be a description, too.
export function iconButton(name, key, properties = {}) {
    const button = element('button', {
        type: 'button', className: 'icon-button', dataset: { tip: key }, ...properties,
    }, icon(name));
    return button;
}

// A field with its label above it.
export function labelled(key, field) {
    return element('div', { className: 'labelled' }, said('label', key, { htmlFor: field.id }),
        field);
}

// A field and its button.
export const beside = (...nodes) => element('div', { className: 'beside' }, ...nodes);

// Not of the type `search`, in which Escape empties the field and leaves the dialog open.
export function searchField(id, key, maxLength) {
    return element('input', {
        id, type: 'text', role: 'searchbox', autocomplete: 'off', spellcheck: false, maxLength,
        enterKeyHint: 'search', dataset: { hint: key, label: key },
    });
}

// A sentence that is read out when it changes.
export const problemLine = (id) =>
    element('p', { id, className: 'problem', role: 'alert' });

// `title`: an element with the dialog's name.
export function makeDialog(id, title, ...content) {
    title.id = `${id}-title`;
    const close = iconButton('close', 'close');
    const dialog = element('dialog', {
        id, className: 'card wide', attributes: { 'aria-labelledby': title.id },
    }, element('div', { className: 'dialog-top' }, title, close), ...content);
    close.addEventListener('click', () => dialog.close());
    // A click beside the dialog is one on its backdrop.
    dialog.addEventListener('pointerdown', (event) => {
        if (event.target !== dialog) return;
        const { left, right, top, bottom } = dialog.getBoundingClientRect();
        const { clientX: x, clientY: y } = event;
        if (x < left || x > right || y < top || y > bottom) dialog.close();
    });
    document.body.append(dialog);
    return dialog;
}
