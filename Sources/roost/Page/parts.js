// The second script, later.js, which has what nobody needs before logging in. Here it finds the chat
// and its view.

import { byID, element } from './dom.js';

export const started = { chat: null, view: null };

// If it does not come, boot.js asks for it again.
export function loadLater() {
    document.head.append(element('script', { id: 'page-later', src: byID('later').href }));
}
