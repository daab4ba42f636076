// The toolbar beside the message under the pointer or with the focus: one for the whole page. Here
// is also how a message is reached: with arrow keys in the list, of which one place is in the order
// of the Tab key, or by a touch of its text.

import { byID, element, icon, setHidden, touchKeyboard } from './dom.js';
import { words } from './language.js';
import { readAloud } from './view-message.js';

const gap = 8;
const buttons = { react: 'react', reply: 'reply', edit: 'edit', more: 'more' };
const opens = (event) => event.key === 'Enter' || event.key === 'ContextMenu'
    || (event.key === 'F10' && event.shiftKey);

export class ToolbarView {
    #view;
    #deeds;
    #menu;
    #log = byID('log');
    #list = byID('messages');
    #bar = element('div', {
        className: 'toolbar', hidden: true, attributes: { role: 'toolbar', 'aria-live': 'off' },
    });
    #row = null; // beside which the toolbar is
    #stop = null; // the row that the Tab key reaches

    constructor(chat, view, deeds, menu) {
        this.#view = view;
        this.#deeds = deeds;
        this.#menu = menu;
        this.#bar.append(...Object.entries(buttons).map(([name, image]) => element('button', {
            type: 'button', className: 'icon-button', tabIndex: -1, dataset: { deed: name },
        }, icon(image))));
        this.#log.append(this.#bar);
        this.#log.addEventListener('pointerover', (event) => {
            if (event.pointerType !== 'touch') this.#hovered(event.target);
        });
        this.#log.addEventListener('pointerleave', () => this.#show(this.#focused()));
        this.#log.addEventListener('focusin', ({ target }) => this.#reached(rowOf(target)));
        this.#log.addEventListener('focusout', ({ relatedTarget }) => {
            const isLeft = !this.#log.contains(relatedTarget) && !this.#log.matches(':hover');
            if (isLeft) this.#show(null);
        });
        this.#log.addEventListener('keydown', (event) => {
            if (this.#pressed(event)) event.preventDefault();
        });
        this.#log.addEventListener('click', (event) => this.#clicked(event, chat));
    }

    // Rows may have moved, or gone.
    render() {
        // What has changed about the message in focus is in its name, too.
        if (this.#stop) this.#reach(this.#stop.isConnected ? this.#stop : null);
        this.#show(this.#row?.isConnected ? this.#row : null);
    }

    #focused() {
        const { activeElement } = document;
        return this.#list.contains(activeElement) ? rowOf(activeElement) : null;
    }

    #hovered(target) {
        if (this.#bar.contains(target)) return;
        this.#show(rowOf(target) ?? this.#focused());
    }

    #show(row) {
        const possible = row ? this.#deeds.of(row.item) : [];
        this.#row = possible.length > 0 ? row : null;
        setHidden(this.#bar, !this.#row);
        if (!this.#row) return;
        this.#bar.setAttribute('aria-label', words('menu.label', { name: row.item.entry.user }));
        for (const button of this.#bar.children) {
            const { deed } = button.dataset;
            button.hidden = deed !== 'more' && !possible.includes(deed);
            button.title = words(`message.${deed === 'more' ? 'actions' : deed}`);
        }
        this.#place(row);
    }

    // Beside the text, where there is space; else on its upper edge.
    #place(row) {
        const log = this.#log.getBoundingClientRect();
        const list = this.#list.getBoundingClientRect();
        const line = row.querySelector('.line').getBoundingClientRect();
        const { offsetWidth: width, offsetHeight: height, style } = this.#bar;
        const isLeft = row.item.own !== (document.documentElement.dir === 'rtl');
        const beside = isLeft ? line.left - gap - width : line.right + gap;
        const left = Math.max(list.left + gap, Math.min(beside, list.right - width - gap));
        const top = left === beside ? Math.min(line.top, line.bottom - height)
            : line.top - height * 0.8;
        style.left = `${left - log.left}px`;
        style.top = `${Math.max(0, top - log.top + this.#log.scrollTop)}px`;
    }

    #clicked(event, chat) {
        const { target, pointerType } = event;
        const button = target.closest('button');
        if (this.#bar.contains(target)) {
            if (button) this.#do(button);
            return;
        }
        const row = rowOf(target);
        if (!row) return;
        if (button?.dataset.emoji) {
            this.#deeds.react(row.item.entry, button.dataset.emoji);
        } else if (button?.dataset.offset) {
            this.#view.jumpTo(chat.rooms.current, Number(button.dataset.offset));
        } else if ((pointerType === 'touch' || touchKeyboard.matches) && target.closest('.bubble')
            && !target.closest('a, button') && getSelection().isCollapsed) {
            this.#menu.open(row.item, null);
        }
    }

    #do(button) {
        const { item } = this.#row;
        const { deed } = button.dataset;
        const near = this.#bar.getBoundingClientRect();
        if (deed === 'react' || deed === 'more') this.#menu.open(item, near, deed === 'react');
        else this.#deeds.do(deed, item.entry);
    }

    // Whether the key was for a message.
    #pressed(event) {
        const { key, target, altKey, ctrlKey, metaKey } = event;
        if (altKey || ctrlKey || metaKey || this.#bar.contains(target)) return false;
        const row = rowOf(target);
        if (!row) return target === this.#log && this.#enter(key);
        if (target === row && opens(event)) {
            this.#menu.open(row.item, row.querySelector('.line').getBoundingClientRect());
            return true;
        }
        if (key === 'Escape') {
            if (target === row) this.#view.startWriting();
            else row.focus();
            return true;
        }
        if (key === 'ArrowRight' || key === 'ArrowLeft') return this.#goInside(row, target, key);
        const rows = { ArrowUp: before(row), ArrowDown: after(row) };
        if (key === 'Home') rows.Home = this.#list.querySelector('.message');
        if (key === 'End') rows.End = [...this.#list.querySelectorAll('.message')].pop();
        if (!(key in rows)) return false;
        if (rows[key]) this.#goTo(rows[key]);
        else if (key === 'ArrowUp') this.#log.scrollTop = 0; // where older ones are fetched
        return true;
    }

    // The list itself has the focus: the arrow up leads to the last message in view.
    #enter(key) {
        if (key !== 'ArrowUp' && key !== 'ArrowDown') return false;
        const { top, bottom } = this.#log.getBoundingClientRect();
        const isInView = (row) => {
            const place = row.getBoundingClientRect();
            return place.top < bottom && place.bottom > top;
        };
        const chunks = [...this.#list.children].filter(isInView);
        const rows = chunks.flatMap((chunk) => [...chunk.querySelectorAll('.message')])
            .filter(isInView);
        const row = key === 'ArrowUp' ? rows.pop() : rows[0];
        if (row) this.#goTo(row);
        return Boolean(row);
    }

    #goInside(row, target, key) {
        const inside = [row, ...row.querySelectorAll('a, button:not([disabled])')];
        const isForward = (key === 'ArrowRight') !== (document.documentElement.dir === 'rtl');
        const next = inside[inside.indexOf(target) + (isForward ? 1 : -1)];
        next?.focus();
        return true;
    }

    #goTo(row) {
        this.#reach(row);
        row.focus({ preventScroll: true });
        row.scrollIntoView({ block: 'nearest' });
    }

    #reached(row) {
        if (!row) return;
        this.#reach(row);
        this.#show(row);
    }

    #reach(row) {
        if (row !== this.#stop) {
            this.#stop?.removeAttribute('tabindex');
            this.#stop?.removeAttribute('aria-label');
        }
        this.#stop = row;
        if (row) {
            row.tabIndex = 0;
            const name = readAloud(row);
            if (row.ariaLabel !== name) row.ariaLabel = name;
        }
        this.#log.tabIndex = row ? -1 : 0;
    }
}

const rowOf = (node) => node.closest?.('.message') ?? null;

// The message before or after this one, also in another chunk.
const before = (row) => neighbour(row, 'previousElementSibling', 'lastElementChild');
const after = (row) => neighbour(row, 'nextElementSibling', 'firstElementChild');

function neighbour(row, next, first) {
    let at = row;
    do at = at[next] ?? at.parentNode[next]?.[first] ?? null;
    while (at && !at.classList.contains('message'));
    return at;
}
