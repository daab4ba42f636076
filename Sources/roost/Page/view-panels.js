// The side panels: the rooms with their unread counts, and the members of the current room. On a
// narrow screen each panel is a drawer.

import { byID, element, icon, reconcile, setHidden, setText } from './dom.js';
import { badge, people } from './format.js';
import { compareNames, sameName } from './names.js';
import { avatar } from './view-message.js';

export class PanelsView {
    #chat;
    #rooms = byID('rooms');
    #members = byID('members');
    #joinForm = byID('join');
    #joinField = byID('join-name');
    #joinProblem = byID('join-problem');
    #me = '';
    #drawers = [
        new Drawer(byID('rooms-panel'), byID('open-rooms'), '(max-width: 46rem)'),
        new Drawer(byID('members-panel'), byID('open-members'), '(max-width: 68rem)'),
    ];

    // `entered()` is called when a room was chosen, to focus the field to write in.
    constructor(chat, entered) {
        this.#chat = chat;
        this.#joinForm.addEventListener('submit', async (event) => {
            event.preventDefault();
            const name = this.#joinField.value.trim();
            if (name === '') return;
            await chat.join(name);
            if (chat.rooms.problem) {
                this.#joinField.focus();
                return;
            }
            this.#joinField.value = '';
            this.#chosen(entered);
        });
        this.#rooms.addEventListener('click', (event) => {
            const button = event.target.closest('button');
            if (!button) return;
            chat.rooms.select(chat.rooms.get(button.dataset.key));
            this.#chosen(entered);
        });
        byID('leave').addEventListener('click', () => {
            if (chat.rooms.current) chat.rooms.leave(chat.rooms.current);
        });
        byID('sign-out').addEventListener('click', () => chat.signOut());
        addEventListener('keydown', (event) => {
            if (event.altKey && event.key === 'ArrowDown') this.#step(event, 1);
            if (event.altKey && event.key === 'ArrowUp') this.#step(event, -1);
        });
    }

    #chosen(entered) {
        this.#drawers[0].close();
        entered();
    }

    #step(event, by) {
        const { list, current } = this.#chat.rooms;
        const at = list.indexOf(current);
        if (list.length < 2 || at < 0) return;
        event.preventDefault();
        this.#chat.rooms.select(list[(at + by + list.length) % list.length]);
    }

    render() {
        const { rooms, me } = this.#chat;
        const { current, problem } = rooms;
        reconcile(this.#rooms, rooms.list, (room) => room.key, makeRoom,
            (row, room) => updateRoom(row, room, room === current));
        setText(this.#joinProblem, problem);
        this.#joinField.setAttribute('aria-invalid', String(problem !== ''));
        if (me !== this.#me) {
            this.#me = me;
            setText(byID('me'), me);
            byID('my-avatar').replaceChildren(avatar(me));
        }
        this.#renderHeader(current);
        this.#renderMembers(current);
    }

    #renderHeader(room) {
        setText(byID('room-name'), room?.name ?? 'No room');
        setHidden(byID('leave'), !room);
        setHidden(byID('open-members'), !room);
        setHidden(byID('no-room'), Boolean(room));
        const count = room?.count ?? 0;
        setText(byID('member-count'), count > 0 ? people(count) : 'People');
    }

    #renderMembers(room) {
        const names = room?.members ? [...room.members.values()].sort(compareNames) : [];
        const { me } = this.#chat;
        const typing = new Set(room?.typingNow());
        reconcile(this.#members, names, (name) => name, makeMember, (row, name) => {
            row.classList.toggle('typing', typing.has(name));
            setText(row.querySelector('.you'), sameName(name, me) ? ' (you)' : '');
        });
        const crowd = room?.state === 'joined' && !room.members;
        setText(byID('crowd'), crowd ? `${people(room.count)} are here: too many to list.` : '');
    }
}

function makeRoom(room) {
    const name = element('bdi', { className: 'label' });
    const badge = element('span', { className: 'badge', hidden: true });
    const button = element('button', { type: 'button' }, icon('hash'), name, badge);
    button.dataset.key = room.key;
    return element('li', {}, button);
}

function updateRoom(row, room, current) {
    const button = row.firstElementChild;
    const [, name, mark] = button.children;
    setText(name, room.name);
    setText(mark, badge(room.unread));
    setHidden(mark, room.unread === 0);
    const words = `${room.unread} unread`;
    if (mark.getAttribute('aria-label') !== words) mark.setAttribute('aria-label', words);
    mark.setAttribute('role', 'img');
    button.classList.toggle('unread', room.unread > 0);
    mark.classList.toggle('mentioned', room.mentioned);
    button.classList.toggle('away', room.state !== 'joined');
    if (current) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
}

function makeMember(name) {
    const label = element('bdi', { className: 'label' }, name);
    const you = element('span', { className: 'you' });
    return element('li', {}, avatar(name), label, you);
}

// A panel that slides in when there is no space for it beside the conversation.
class Drawer {
    #panel;
    #opener;
    #narrow;

    constructor(panel, opener, query) {
        this.#panel = panel;
        this.#opener = opener;
        this.#narrow = matchMedia(query);
        this.#narrow.addEventListener('change', () => this.close());
        opener.addEventListener('click', () => (this.isOpen ? this.close() : this.#open()));
        panel.querySelector('.close').addEventListener('click', () => this.close());
        document.addEventListener('keydown', (event) => {
            if (event.key === 'Escape' && this.isOpen) this.close();
        });
        document.addEventListener('pointerdown', (event) => {
            if (!this.isOpen || panel.contains(event.target)) return;
            if (!opener.contains(event.target)) this.close();
        });
        this.close();
    }

    get isOpen() {
        return this.#panel.classList.contains('open');
    }

    #open() {
        this.#panel.classList.add('open');
        this.#panel.inert = false;
        this.#opener.setAttribute('aria-expanded', 'true');
        this.#panel.querySelector('.close').focus();
    }

    close() {
        const hadFocus = this.#panel.contains(document.activeElement);
        this.#panel.classList.remove('open');
        this.#panel.inert = this.#narrow.matches;
        this.#opener.setAttribute('aria-expanded', 'false');
        if (hadFocus && this.#narrow.matches) this.#opener.focus();
    }
}
