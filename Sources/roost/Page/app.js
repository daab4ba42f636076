// Where the page starts: a chat, a view of it, and the name that this tab was logged in with.

import { Chat } from './chat.js';
import { chatAddress } from './connection.js';
import { tabName } from './storage.js';
import { roomInAddress, View } from './view.js';

let view = null;
const chat = new Chat(chatAddress(location), () => view?.schedule());
view = new View(chat);

const name = tabName();
document.getElementById('loading').remove();
if (name) chat.enter(name, roomInAddress());
view.schedule();
