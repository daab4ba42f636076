// The dialog that looks for words in what was said in this user's rooms: the newest first, and a
// click leads to the message. Ctrl+K opens it, and so does a slash outside of fields.

import { Disconnected } from './commands.js';
import { iconButton, makeDialog, said, searchField } from './dialogs.js';
import { byID, composes, element, setHidden, setText } from './dom.js';
import { clockTime, dayName, fullTime, instant } from './format.js';
import { excerpt } from './hits.js';
import { words } from './language.js';
import { hashOf } from './links.js';
import { avatar } from './view-message.js';
import { problemOf } from './view-rooms.js';
import { plainText } from './view-text.js';

const restAfterKey = 250;
const roundsAtOnce = 6; // a reply may have nothing although there is more

export class SearchView {
    #chat;
    #panels;
    #opener = iconButton('search', 'search', { id: 'open-search', ariaHasPopup: 'dialog' });
    #field = searchField('search-text', 'search.hint', 200);
    #here = element('input', { type: 'checkbox' });
    #hereWords = element('span');
    #list = element('ul', { className: 'found', attributes: { tabindex: -1 } });
    #state = element('p', { className: 'hint', role: 'status' });
    #more = said('button', 'search.more', { type: 'button', className: 'link more', hidden: true });
    #dialog;
    #wish = 0;
    #timer = 0;
    #before = undefined;
    #lost = null; // {before} of a search that comes by itself, since a connection was lost

    constructor(chat, panels) {
        this.#chat = chat;
        this.#panels = panels;
        this.#dialog = makeDialog('search', said('h2', 'search'), this.#field,
            element('label', { className: 'show' }, this.#here, this.#hereWords),
            element('div', { className: 'found-box' }, this.#list, this.#state, this.#more));
        byID('open-members').before(this.#opener);
        this.#opener.addEventListener('click', () => this.#open());
        this.#field.addEventListener('input', () => this.#soon());
        this.#here.addEventListener('change', () => this.#begin());
        this.#more.addEventListener('click', () => this.#search(this.#before));
        this.#field.addEventListener('keydown', (event) => {
            if (event.key === 'Enter' && !composes(event)) this.#begin();
            if (event.key === 'ArrowDown') this.#list.querySelector('button')?.focus();
        });
        this.#list.addEventListener('keydown', (event) => this.#step(event));
        this.#list.addEventListener('click', ({ target }) => {
            const button = target.closest('button');
            if (button) this.#goTo(button.dataset);
        });
        addEventListener('keydown', (event) => {
            if (composes(event) || document.querySelector('dialog[open]')) return;
            const { key, ctrlKey, metaKey, altKey, target } = event;
            const isK = (ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k';
            const isSlash = key === '/' && !ctrlKey && !metaKey && !altKey
                && !target.closest?.('input, textarea, select');
            if (!(isK || isSlash) || this.#opener.hidden || chat.phase !== 'in') return;
            event.preventDefault();
            this.#open();
        });
    }

    #open() {
        const room = this.#chat.rooms.current;
        setText(this.#hereWords, words('search.here', { room: room?.title ?? '' }));
        setHidden(this.#here.parentElement, !room);
        this.#dialog.showModal();
        this.#field.focus();
        this.#field.select();
        this.#begin();
    }

    #soon() {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#begin(), restAfterKey);
    }

    #begin() {
        clearTimeout(this.#timer);
        this.#wish += 1;
        if (/[\p{L}\p{N}]/u.test(this.#field.value)) {
            this.#search();
            return;
        }
        this.#list.replaceChildren();
        this.#state.classList.remove('unseen');
        setHidden(this.#more, true);
        setText(this.#state, words('search.help'));
    }

    // `before`: what the last reply has said, to go on.
    async #search(before) {
        this.#wish += 1;
        this.#lost = null;
        const wish = this.#wish;
        const text = this.#field.value.trim();
        const room = this.#here.checked ? this.#chat.rooms.current?.name : undefined;
        const found = [];
        let from = before;
        this.#state.classList.remove('unseen');
        setText(this.#state, words('search.busy'));
        if (this.#returns) {
            this.#lost = { before };
            return;
        }
        try {
            for (let round = 0; round < roundsAtOnce; round += 1) {
                const reply = await this.#chat.connection.command(
                    'search', { text, room, before: from });
                if (wish !== this.#wish) return;
                found.push(...reply.messages);
                from = reply.more ? reply.before : undefined;
                if (found.length > 0 || from === undefined) break;
            }
        } catch (error) {
            if (wish !== this.#wish) return;
            this.#lost = error instanceof Disconnected ? { before } : null;
            setText(this.#state, problemOf(error));
            return;
        }
        this.#before = from;
        const rows = found.map((message) => this.#row(message, text));
        if (before === undefined) this.#list.replaceChildren(...rows);
        else this.#list.append(...rows);
        const isEmpty = this.#list.childElementCount === 0;
        setHidden(this.#more, from === undefined);
        const count = this.#list.childElementCount;
        // How many there are is to be heard; who sees the list sees it.
        this.#state.classList.toggle('unseen', !isEmpty);
        const none = from === undefined ? words('search.nothing') : '';
        setText(this.#state, isEmpty ? none : words('search.found', { count }));
    }

    #row({ room: name, user, text, at, offset }, wanted) {
        const date = instant(at);
        const room = this.#chat.rooms.named(name);
        const when = element('time', { dateTime: date.toISOString(), title: fullTime(date) },
            `${dayName(date)} ${clockTime(date)}`);
        const parts = excerpt(plainText(text), wanted).map(({ text: part, isHit }) =>
            (isHit ? element('mark', {}, part) : part));
        const button = element('button', { type: 'button', dataset: { room: name, offset } },
            avatar(user),
            element('span', { className: 'about' },
                element('span', { className: 'where' },
                    element('bdi', { className: 'label' }, user),
                    element('bdi', { className: 'label' }, room?.title ?? name), when),
                element('span', { className: 'excerpt', dir: 'auto' }, ...parts)));
        return element('li', {}, button);
    }

    // With the arrow keys from one to the next, and back to the field.
    #step(event) {
        const row = event.target.closest('li');
        if (!row || !['ArrowDown', 'ArrowUp'].includes(event.key)) return;
        event.preventDefault();
        const next = event.key === 'ArrowDown' ? row.nextSibling : row.previousSibling;
        if (next) next.firstElementChild.focus();
        else if (event.key === 'ArrowUp') this.#field.focus();
    }

    #goTo({ room, offset }) {
        this.#dialog.close();
        this.#panels.closeDrawers();
        location.hash = hashOf({ name: room }, Number(offset));
    }

    render() {
        setHidden(this.#opener, !this.#chat.can('search'));
        if (this.#chat.phase !== 'in' && this.#dialog.open) this.#dialog.close();
        const { phase } = this.#chat.connection.state;
        if (this.#lost && this.#dialog.open && phase === 'open' && !this.#returns) {
            this.#search(this.#lost.before);
        }
    }

    // Only the rooms that one is in are searched, and after a lost connection one comes back into
    // one after the other.
    get #returns() {
        const { connection, rooms } = this.#chat;
        return connection.state.phase === 'open'
            && rooms.list.some(({ state }) => state === 'away');
    }
}
