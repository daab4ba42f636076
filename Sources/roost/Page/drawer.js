// A panel that slides in when there is no space for it beside the conversation. While it is open,
// nothing else can be reached, by keyboard, touch or screen reader.

import { byID, composes } from './dom.js';

const drawers = [];

// It was opened from a drawer, and the focus comes back to there.
const dialogIsOpen = () => document.querySelector('dialog[open]') !== null;

export class Drawer {
    #panel;
    #opener;
    #narrow;

    constructor(panel, opener, query) {
        this.#panel = panel;
        this.#opener = opener;
        this.#narrow = matchMedia(query);
        this.#narrow.addEventListener('change', () => this.close());
        opener.addEventListener('click', () => this.#open());
        panel.querySelector('.close').addEventListener('click', () => this.close());
        document.addEventListener('keydown', (event) => {
            if (event.key !== 'Escape' || composes(event) || dialogIsOpen()) return;
            if (this.isOpen) this.close();
        });
        document.addEventListener('pointerdown', (event) => {
            if (dialogIsOpen() || panel.contains(event.target)) return;
            if (this.isOpen) this.close();
        });
        drawers.push(this);
        this.close();
    }

    get isOpen() {
        return this.#panel.classList.contains('open');
    }

    #open() {
        this.#panel.classList.add('open');
        this.#panel.inert = false;
        this.#hold(true);
        this.#opener.setAttribute('aria-expanded', 'true');
        this.#panel.querySelector('.close').focus();
    }

    close() {
        const { activeElement } = document;
        const hadFocus = this.#panel.contains(activeElement) || activeElement === document.body;
        const wasOpen = this.isOpen;
        if (wasOpen) this.#hold(false);
        this.#panel.classList.remove('open');
        this.#panel.inert = this.#narrow.matches;
        this.#opener.setAttribute('aria-expanded', 'false');
        if (wasOpen && hadFocus && this.#narrow.matches) this.#opener.focus();
    }

    #hold(held) {
        for (const other of byID('chat').children) if (other !== this.#panel) other.inert = held;
        for (const drawer of drawers) if (!held && drawer !== this) drawer.close();
    }
}
