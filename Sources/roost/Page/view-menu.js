// The menu of a message: emoji to react with, and what else can be done. Beside the message, or on
// a touch screen at the bottom of the page. The browser's own modal dialog holds the focus, closes
// with Escape, and gives the focus back.

import { moderations } from './deeds.js';
import { byID, element, icon, setText, touchKeyboard } from './dom.js';
import { frequent, oneEmoji } from './emoji.js';
import { listed, words } from './language.js';
import { sameName } from './names.js';

const margin = 8;
const narrow = matchMedia('(max-width: 46rem)');
const icons = {
    reply: 'reply', edit: 'edit', copy: 'copy', link: 'link', delete: 'delete',
    mute: 'mute', kick: 'leave', ban: 'lock',
};

export class MenuView {
    #deeds;
    #chat;
    #item = null;
    #dialog = element('dialog', { id: 'menu', className: 'menu' });
    #emoji = element('div', { className: 'emoji-row', attributes: { role: 'group' } });
    #form;
    #other = element('input', {
        type: 'text', id: 'other-emoji', autocomplete: 'off', enterKeyHint: 'done', maxLength: 64,
        attributes: { 'aria-describedby': 'other-problem' },
    });
    #problem = element('p', { id: 'other-problem', className: 'problem', role: 'alert' });
    #list = element('div', { className: 'deeds' });
    #who = element('div', { className: 'who' });

    constructor(chat, deeds) {
        this.#chat = chat;
        this.#deeds = deeds;
        this.#form = element('form', { noValidate: true }, this.#other, this.#problem);
        const inside = element('div', {}, this.#emoji, this.#form, this.#list, this.#who);
        this.#dialog.append(inside);
        byID('chat').after(this.#dialog);
        this.#dialog.addEventListener('click', (event) => this.#clicked(event));
        this.#dialog.addEventListener('keydown', (event) => this.#pressed(event));
        this.#other.addEventListener('input', () => this.#typed());
        this.#form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#typed();
            if (this.#dialog.open) this.#complain(words('react.one'));
        });
    }

    // `near`: the rectangle beside which it opens. `onlyEmoji`: to react, and nothing else.
    open(item, near, onlyEmoji = false) {
        const possible = this.#deeds.of(item);
        if (possible.length === 0) return;
        this.#item = item;
        this.#fill(possible, onlyEmoji);
        const asSheet = touchKeyboard.matches || narrow.matches;
        this.#dialog.classList.toggle('sheet', asSheet);
        this.#dialog.showModal();
        this.#place(asSheet ? null : near);
        this.#dialog.querySelector('button:not([hidden])')?.focus();
    }

    #fill(possible, onlyEmoji) {
        const { entry, isPerson, reactions = {} } = this.#item;
        const { me } = this.#chat;
        const reacts = possible.includes('react');
        const mine = (emoji) => (reactions[emoji] ?? []).some((name) => sameName(name, me));
        this.#dialog.setAttribute('aria-label', isPerson
            ? entry.user : words('menu.label', { name: entry.user }));
        this.#emoji.hidden = this.#form.hidden = !reacts;
        this.#emoji.setAttribute('aria-label', words('message.react'));
        this.#emoji.replaceChildren(...(reacts ? frequent : []).map((emoji) => element('button', {
            type: 'button', dataset: { emoji }, attributes: { 'aria-pressed': String(mine(emoji)) },
        }, emoji)));
        this.#other.value = '';
        this.#other.placeholder = words('react.other');
        this.#other.setAttribute('aria-label', words('react.other'));
        this.#complain('');
        this.#list.hidden = onlyEmoji;
        this.#list.replaceChildren(...possible.filter((name) => name in icons).map((name) =>
            element('button', { type: 'button', dataset: { deed: name } },
                icon(icons[name]),
                `${words(`message.${name}`)}${moderations.includes(name) ? '…' : ''}`)));
        // A touch screen shows no title with the names.
        this.#who.hidden = onlyEmoji;
        const called = (name) => (sameName(name, me) ? words('message.you') : name);
        this.#who.replaceChildren(...Object.entries(reactions).map(([emoji, names]) =>
            element('p', { className: 'hint' }, `${emoji} `,
                element('bdi', {}, listed(names.map(called))))));
    }

    #place(near) {
        const { style, offsetWidth, offsetHeight } = this.#dialog;
        style.top = style.left = '';
        if (!near) return;
        const isRight = document.documentElement.dir === 'rtl' ? !this.#item.own : this.#item.own;
        const left = isRight ? near.right - offsetWidth : near.left;
        const below = near.bottom + margin;
        const above = near.top - margin - offsetHeight;
        const top = below + offsetHeight + margin <= innerHeight ? below : above;
        const within = (value, size, all) => Math.max(margin, Math.min(value, all - size - margin));
        style.left = `${within(left, offsetWidth, innerWidth)}px`;
        style.top = `${within(top, offsetHeight, innerHeight)}px`;
    }

    #clicked({ target }) {
        const { deed, emoji } = target.closest('button')?.dataset ?? {};
        const { entry } = this.#item;
        if (emoji) this.#react(emoji);
        if (deed) {
            this.#dialog.close();
            this.#deeds.do(deed, entry);
        }
        if (target === this.#dialog) this.#dialog.close(); // beside it
    }

    #react(emoji) {
        this.#dialog.close();
        this.#deeds.react(this.#item.entry, emoji);
    }

    // An emoji from a keyboard of emoji is all that is written: it is taken at once.
    #typed() {
        const emoji = oneEmoji(this.#other.value);
        if (emoji) this.#react(emoji);
        else this.#complain('');
    }

    #complain(words) {
        setText(this.#problem, words);
        this.#other.setAttribute('aria-invalid', String(words !== ''));
    }

    // Arrow keys go from button to button: left and right among the emoji, up and down among all.
    #pressed(event) {
        const { key, target } = event;
        if (target === this.#other && !['ArrowDown', 'ArrowUp'].includes(key)) return;
        const isRTL = document.documentElement.dir === 'rtl';
        const steps = {
            ArrowDown: 1, ArrowUp: -1, ArrowRight: isRTL ? -1 : 1, ArrowLeft: isRTL ? 1 : -1,
        };
        const step = steps[key];
        if (!step) return;
        event.preventDefault();
        const inRow = this.#emoji.contains(target);
        const along = key === 'ArrowRight' || key === 'ArrowLeft';
        const all = [...this.#dialog.querySelectorAll('button, input')]
            .filter((node) => node.checkVisibility()
                && (along ? this.#emoji.contains(node) : !inRow || !this.#emoji.contains(node)
                    || node === target));
        all[(all.indexOf(target) + step + all.length) % all.length]?.focus();
    }
}
