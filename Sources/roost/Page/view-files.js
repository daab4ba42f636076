// Files and pictures are not for this chat: when one is dropped or pasted, the page says so. The
// browser would leave the page to show it, and what was written would be gone.

import { words } from './language.js';

const hasFiles = (transfer) => [...(transfer?.types ?? [])].includes('Files');

// A field takes a text or an address that is dropped; beside it, an address would be opened.
const isField = (node) => node.closest?.('input, textarea');

export function refuseFiles(say) {
    addEventListener('dragover', (event) => {
        const { dataTransfer, target } = event;
        if (!hasFiles(dataTransfer) && isField(target)) return;
        event.preventDefault();
        // After 'none' no drop would come, and no sentence.
        dataTransfer.dropEffect = hasFiles(dataTransfer) ? 'copy' : 'none';
    });
    addEventListener('drop', (event) => {
        const { dataTransfer, target } = event;
        if (!hasFiles(dataTransfer) && isField(target)) return;
        event.preventDefault();
        if (hasFiles(dataTransfer)) say(words('files.none'));
    });
    // What is copied from an office program is a text and a picture of it: the text is meant.
    addEventListener('paste', (event) => {
        const { clipboardData } = event;
        if (!hasFiles(clipboardData) || clipboardData.getData('text/plain') !== '') return;
        event.preventDefault();
        say(words('files.none'));
    });
}
