// The dialog with all rooms: a field that finds them, what they are about, and a form for a new
// room.

import { CommandError, Disconnected } from './commands.js';
import {
    beside, iconButton, labelled, makeDialog, problemLine, said, searchField,
} from './dialogs.js';
import { byID, composes, element, icon, reconcile, setHidden, setText } from './dom.js';
import { words } from './language.js';
import { RoomList } from './room-list.js';
import { nameIn, wordsForError } from './words.js';

export class RoomsView {
    #chat;
    #panels;
    #known;
    #opener = iconButton('search', 'rooms.all', { id: 'open-all-rooms', ariaHasPopup: 'dialog' });
    #filter = searchField('rooms-filter', 'rooms.filter', 128);
    #list = element('ul', { className: 'found', attributes: { tabindex: -1 } });
    #nothing = element('p', { className: 'hint', role: 'status' });
    #more = said('button', 'rooms.more', { type: 'button', className: 'link more' });
    #name = element('input', {
        id: 'new-room', type: 'text', autocomplete: 'off', autocapitalize: 'off',
        spellcheck: false, maxLength: 128, required: true,
        attributes: { 'aria-describedby': 'new-room-problem' },
    });
    #private = element('input', { type: 'checkbox' });
    #problem = problemLine('new-room-problem');
    #offer = element('button', { type: 'button', className: 'offer', hidden: true });
    #shown = 30;
    #isLost = false;
    #dialog;

    constructor(chat, panels) {
        this.#chat = chat;
        this.#panels = panels;
        this.#known = new RoomList(chat.connection);
        const create = said('button', 'rooms.create', { type: 'submit', className: 'secondary' });
        const form = element('form', { className: 'new-room', noValidate: true },
            said('h3', 'rooms.new'),
            beside(labelled('rooms.newName', this.#name), create),
            element('label', { className: 'show' }, this.#private, said('span', 'rooms.private')),
            this.#problem, this.#offer);
        const inside = [this.#list, this.#nothing, this.#more];
        const box = element('div', { className: 'found-box' }, ...inside);
        const title = said('h2', 'rooms.all');
        this.#dialog = makeDialog('all-rooms', title, this.#filter, box, form);
        byID('rooms-title').after(this.#opener);
        this.#listen(form);
    }

    #listen(form) {
        this.#chat.connection.on('welcome', () => this.#goOn());
        this.#opener.addEventListener('click', () => this.#open());
        this.#filter.addEventListener('input', () => this.#find());
        this.#filter.addEventListener('keydown', (event) => {
            if (event.key !== 'Enter' || composes(event)) return;
            this.#list.querySelector('button')?.click();
        });
        this.#more.addEventListener('click', () => {
            this.#shown = this.#list.childElementCount + 30;
            this.#find(this.#shown);
        });
        this.#list.addEventListener('click', ({ target }) => {
            const button = target.closest('button');
            if (button) this.#enter(button.dataset.name);
        });
        this.#offer.addEventListener('click', () => {
            this.#name.value = this.#offer.value;
            this.#create();
        });
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#create();
        });
    }

    async #open() {
        this.#filter.value = this.#name.value = '';
        this.#private.checked = false;
        this.#shown = 30;
        this.#complain('');
        setText(this.#nothing, '');
        this.#dialog.showModal();
        this.#filter.focus();
        await this.#try(() => this.#known.open());
    }

    async #find(count) {
        if (count === undefined) this.#shown = 30;
        this.#show();
        await this.#try(() => this.#known.find(this.#filter.value, this.#shown));
    }

    async #try(look) {
        this.#isLost = false;
        try {
            if (await look() !== false) this.#show();
        } catch (error) {
            this.#isLost = error instanceof Disconnected;
            setText(this.#nothing, problemOf(error));
        }
    }

    // What a lost connection has taken comes by itself when there is another one.
    async #goOn() {
        if (!this.#isLost || !this.#dialog.open) return;
        await this.#try(() => this.#known.open());
        await this.#find(this.#shown);
    }

    #show() {
        const all = this.#known.fitting(this.#filter.value);
        const found = all.slice(0, this.#shown);
        reconcile(this.#list, found, ({ room }) => room, makeRow,
            (row, room) => updateRow(row, room, this.#chat.rooms.named(room.room)));
        const isEmpty = found.length === 0 && !this.#known.more;
        setText(this.#nothing, isEmpty ? words('rooms.nothing') : '');
        setHidden(this.#more, !this.#known.more && found.length === all.length);
    }

    async #enter(name) {
        await this.#chat.join(name);
        this.#entered();
    }

    #entered() {
        const { problem } = this.#chat.rooms;
        this.#complain(problem);
        if (problem) {
            this.#chat.rooms.problem = '';
            return;
        }
        this.#dialog.close();
        this.#panels.chosen();
    }

    async #create() {
        const name = this.#name.value.trim();
        if (name === '') {
            this.#name.focus();
            return;
        }
        try {
            if (this.#private.checked) await this.#chat.rooms.create(name);
            else await this.#chat.join(name);
            this.#entered();
        } catch (error) {
            this.#complain(problemOf(error));
        }
        if (this.#dialog.open) this.#name.focus();
    }

    #complain(sentence) {
        setText(this.#problem, sentence);
        offer(this.#offer, nameIn(sentence));
        this.#name.setAttribute('aria-invalid', String(sentence !== ''));
    }

    render() {
        setHidden(this.#opener, !this.#chat.can('rooms'));
        if (this.#chat.phase !== 'in' && this.#dialog.open) this.#dialog.close();
    }
}

// A button that joins the room with this name, if there is one.
export function offer(button, room) {
    button.value = room;
    setHidden(button, room === '');
    setText(button, room ? words('rooms.as', { room }) : '');
}

export function problemOf(error) {
    return error instanceof CommandError ? wordsForError(error) : words('account.lost');
}

function makeRow({ room, kind }) {
    const button = element('button', { type: 'button' },
        icon(kind === 'private' ? 'lock' : 'hash'),
        element('span', { className: 'about' },
            element('bdi', { className: 'label', title: room }, room),
            element('bdi', { className: 'label topic' })),
        element('span', { className: 'figure' }));
    button.dataset.name = room;
    return element('li', {}, button);
}

function updateRow(row, { topic = '', kind, count }, joined) {
    const [, about, figure] = row.firstElementChild.children;
    setText(about.lastElementChild, topic);
    about.lastElementChild.title = topic;
    const people = count === undefined ? '' : words('people.count', { count });
    const here = kind === 'private' ? words('rooms.invited') : people;
    setText(figure, joined ? words('rooms.youAreHere') : here);
}
