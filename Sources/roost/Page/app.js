// The start of the page: makes the chat and its view, and takes the name that this tab used last.

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
