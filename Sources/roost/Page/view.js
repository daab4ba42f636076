// The whole page: draws every part from the chat's state, at most once a frame, and keeps the
// room's name in the address of the page.

import { byID, setHidden } from './dom.js';
import { keyOf } from './names.js';
import { ComposerView } from './view-composer.js';
import { LoginView } from './view-login.js';
import { MessagesView } from './view-messages.js';
import { PanelsView } from './view-panels.js';
import { StatusView } from './view-status.js';

export function roomInAddress() {
    try {
        return decodeURIComponent(location.hash.slice(1));
    } catch {
        return '';
    }
}

export class View {
    #chat;
    #parts;
    #composer;
    #scheduled = false;
    #phase = null;
    #finePointer = matchMedia('(pointer: fine)');

    constructor(chat) {
        this.#chat = chat;
        this.#composer = new ComposerView(chat);
        const panels = new PanelsView(chat, () => this.#focusComposer());
        const login = new LoginView(chat, roomInAddress);
        this.#parts = [
            panels, this.#composer, new MessagesView(chat), new StatusView(chat), login,
        ];
        addEventListener('hashchange', () => {
            const name = roomInAddress();
            const elsewhere = name && keyOf(name) !== chat.rooms.current?.key;
            if (chat.phase === 'in' && elsewhere) chat.join(name);
        });
    }

    // There are no frames while the page is hidden, but its title still shows the unread count.
    schedule() {
        if (this.#scheduled) return;
        this.#scheduled = true;
        const draw = () => {
            this.#scheduled = false;
            this.#draw();
        };
        if (document.hidden) setTimeout(draw, 200);
        else requestAnimationFrame(draw);
    }

    #draw() {
        const { phase, rooms } = this.#chat;
        setHidden(byID('chat'), phase !== 'in');
        for (const part of this.#parts) part.render();
        if (phase === 'in' && rooms.current) this.#keepAddress(rooms.current.name);
        if (phase === 'in' && this.#phase !== 'in') this.#focusComposer();
        this.#phase = phase;
    }

    #keepAddress(name) {
        const before = roomInAddress();
        if (before === name) return;
        const hash = `#${encodeURIComponent(name)}`;
        if (before) history.pushState(null, '', hash);
        else history.replaceState(null, '', hash);
    }

    // Not on a touch screen, where it would open the keyboard.
    #focusComposer() {
        if (this.#finePointer.matches) this.#composer.focus();
    }
}
