// A question that must be answered before something is lost. The browser's own modal dialog holds
// the focus, closes with Escape, and gives the focus back.

import { byID, setText } from './dom.js';

// Resolves with true if the user agrees.
export function ask(words, { agree, refuse }) {
    const dialog = byID('question');
    setText(byID('question-words'), words);
    setText(byID('question-agree'), agree);
    setText(byID('question-refuse'), refuse);
    dialog.returnValue = '';
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener(
            'close', () => resolve(dialog.returnValue === 'agree'), { once: true });
    });
}
