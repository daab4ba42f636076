// What the page needs only after somebody has logged in: a script of its own, later.js. Here it
// finds the chat and its view.

import { byID, element } from './dom.js';

export const started = { chat: null, view: null };

let isAsked = false;

// Tries again until the script is there: without it the page works, but for its dialogs and hints.
export function loadLater(attempt = 1) {
    if (isAsked && attempt === 1) return;
    isAsked = true;
    const script = element('script', { src: byID('later').href });
    script.addEventListener('error', () => {
        script.remove();
        setTimeout(() => loadLater(attempt + 1), Math.min(60, 2 ** attempt) * 1000);
    });
    document.head.append(script);
}
