// The whole page: draws every part from the chat's state, at most once a frame, and keeps the
// room's name in the address of the page.

import { byID, setHidden } from './dom.js';
import { onLanguage } from './language.js';
import { hashOf, placeIn } from './links.js';
import { keyOf } from './names.js';
import { loadLater, started } from './parts.js';
import { ComposerView } from './view-composer.js';
import { LoginView } from './view-login.js';
import { MessagesView } from './view-messages.js';
import { PanelsView } from './view-panels.js';
import { StatusView } from './view-status.js';

export const roomInAddress = () => placeIn(location.hash).room;

export class View {
    #chat;
    #parts;
    #composer;
    #messages;
    #panels;
    #place = placeIn(location.hash); // the message to which the address leads
    #scheduled = false;
    #phase = null;
    #finePointer = matchMedia('(pointer: fine)');

    constructor(chat) {
        this.#chat = chat;
        this.#composer = new ComposerView(chat);
        this.#panels = new PanelsView(chat, () => this.#focusComposer());
        const login = new LoginView(chat, roomInAddress);
        this.#messages = new MessagesView(chat);
        this.#parts = [
            this.#panels, this.#composer, this.#messages, new StatusView(chat), login,
        ];
        Object.assign(started, { chat, view: this });
        onLanguage(() => {
            this.#messages.forget();
            this.schedule();
        });
        addEventListener('popstate', (event) => this.#follow(event.state));
    }

    // A part that has come later.
    add(part) {
        this.#parts.push(part);
        this.schedule();
    }

    // Shows a sentence above the messages, until somebody has seen it.
    say(sentence) {
        this.#panels.note = sentence;
        this.schedule();
    }

    // The message to which the address leads, once.
    takePlace() {
        const place = this.#place;
        this.#place = null;
        return place?.offset === null ? null : place;
    }

    showMessage(entry) {
        this.#messages.show(entry);
    }

    signOut(everywhere) {
        this.#panels.signOut(everywhere);
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
        if (phase === 'in' && rooms.current) this.#keepAddress(rooms.current);
        if (phase === 'in' && this.#phase !== 'in') this.#focusComposer();
        if (phase === 'in') loadLater();
        this.#phase = phase;
    }

    // An address that somebody has typed, or a link, is to be joined: it has no state. Going back
    // and forth has the state of `#keepAddress`, and leads only to rooms that one has not left.
    #follow(state) {
        this.#place = placeIn(location.hash);
        if (this.#chat.phase !== 'in') return;
        const name = roomInAddress();
        const { rooms } = this.#chat;
        const room = rooms.named(name);
        if (room) rooms.select(room);
        else if (name && !state?.visited) this.#chat.join(name);
        else this.schedule();
    }

    // Each room is a place to go back to, unless it was left, or never existed.
    #keepAddress(room) {
        const before = roomInAddress();
        const state = { visited: true };
        const hash = hashOf(room);
        const isThere = keyOf(before) === room.key;
        if (isThere && history.state?.visited && before === room.name) return;
        if (isThere || !this.#chat.rooms.named(before)) history.replaceState(state, '', hash);
        else history.pushState(state, '', hash);
    }

    // Not on a touch screen, where it would open the keyboard.
    #focusComposer() {
        if (this.#finePointer.matches) this.#composer.focus();
    }
}
