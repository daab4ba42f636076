// The whole page: draws every part from the chat's state, at most once a frame, and keeps the
// room's name in the address of the page. At first it has only the login; later.js brings the rest.

import { byID, setHidden } from './dom.js';
import { onLanguage } from './language.js';
import { hashOf, placeIn } from './links.js';
import { keyOf } from './names.js';
import { started } from './parts.js';
import { LoginView } from './view-login.js';

export const roomInAddress = () => placeIn(location.hash).room;

export class View {
    #chat;
    #parts;
    #inside = null; // {composer, panels, messages}, as soon as they are there
    #place = placeIn(location.hash); // the message to which the address leads
    #scheduled = false;
    #wasShown = false;
    #finePointer = matchMedia('(pointer: fine)');

    constructor(chat) {
        this.#chat = chat;
        this.#parts = [new LoginView(chat, roomInAddress)];
        Object.assign(started, { chat, view: this });
        onLanguage(() => {
            this.#inside?.messages.forget();
            this.schedule();
        });
        addEventListener('popstate', (event) => this.#follow(event.state));
        // The browser gives the focus back to what opened a dialog, unless that has gone meanwhile.
        document.addEventListener('close', () => {
            const { activeElement: node, body } = document;
            const isLost = node === body || !node.checkVisibility();
            if (this.#wasShown && isLost) this.focusComposer();
        }, true);
        // A frame that was due does not come any more once the page is hidden.
        document.addEventListener('visibilitychange', () => {
            if (this.#scheduled) this.#drawSoon();
        });
    }

    complete(inside, parts) {
        this.#inside = inside;
        this.#parts.unshift(...parts);
        byID('loading').remove();
        this.schedule();
    }

    // Shows a sentence above the messages, until somebody has seen it.
    say(sentence) {
        this.#inside.panels.note = sentence;
        this.schedule();
    }

    // The message to which the address leads, once.
    takePlace() {
        const place = this.#place;
        this.#place = null;
        return place?.offset === null ? null : place;
    }

    showMessage(entry) {
        this.#inside.messages.show(entry);
    }

    // Leads to a message of this room, wherever it is, as a link would.
    jumpTo(room, offset) {
        this.#place = { room: room.name, offset };
        this.schedule();
    }

    // Also on a touch screen: somebody wants to write. What is written next belongs to what the
    // field shows, so it shows that at once.
    startWriting() {
        this.#inside.composer.render();
        this.schedule();
        this.#inside.composer.focus();
    }

    // There are no frames while the page is hidden, but its title still shows the unread count.
    schedule() {
        if (this.#scheduled) return;
        this.#scheduled = true;
        this.#drawSoon();
    }

    #drawSoon() {
        const draw = () => {
            if (!this.#scheduled) return;
            this.#scheduled = false;
            this.#draw();
        };
        if (document.hidden) setTimeout(draw, 200);
        else requestAnimationFrame(draw);
    }

    #draw() {
        const { phase, rooms } = this.#chat;
        const isShown = phase === 'in' && this.#inside !== null;
        setHidden(byID('chat'), !isShown);
        // It says why the rest does not come.
        if (!this.#inside) setHidden(byID('loading'), phase !== 'in');
        for (const part of this.#parts) part.render();
        if (isShown && rooms.current) this.#keepAddress(rooms.current);
        if (isShown && !this.#wasShown) this.focusComposer();
        this.#wasShown = isShown;
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

    // Not on a touch screen, where it would open the keyboard. What is written next belongs to the
    // room that was chosen, also if nothing is drawn before that.
    focusComposer() {
        this.#inside.composer.render();
        if (this.#finePointer.matches) this.#inside.composer.focus();
    }
}
