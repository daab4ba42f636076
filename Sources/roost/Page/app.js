// The start of the page, as soon as its style is there too: makes the chat and its view, and takes
// the name that this tab used last. Before that comes the page's language, if it is not English.

import { Chat } from './chat.js';
import { chatAddress } from './connection.js';
import { speak, speakAtOnce } from './language.js';
import { loadLater } from './parts.js';
import { tabName } from './storage.js';
import { roomInAddress, View } from './view.js';

// boot.js writes into it. Another copy of this script may have started the page.
const loading = document.getElementById('loading');

// The link's `sheet` says nothing: Chromium makes an empty one for a style sheet that has failed.
const hasStyle = () =>
    getComputedStyle(document.documentElement).getPropertyValue('--page') !== '';

async function start() {
    if (!loading?.isConnected || 'started' in loading.dataset || !hasStyle()) return;
    loading.dataset.started = '';
    document.removeEventListener('load', start, true);
    if (!speakAtOnce()) await speak();
    let view = null;
    const chat = new Chat(chatAddress(location), () => view?.schedule());
    view = new View(chat);
    const name = tabName();
    if (name) chat.enter(name, roomInAddress());
    view.schedule();
    // After the first paint.
    setTimeout(loadLater);
}

// boot.js may still be trying to get the style sheet.
document.addEventListener('load', start, true);
start();
