// The side panels: the rooms with their unread counts, and the members of the current room. On a
// narrow screen each panel is a drawer.

import { ask } from './ask.js';
import { byID, composes, element, icon, reconcile, setHidden, setText } from './dom.js';
import { Drawer } from './drawer.js';
import { badge } from './format.js';
import { words } from './language.js';
import { compareNames, sameName } from './names.js';
import { listLimit } from './people.js';
import { avatar } from './view-message.js';

export class PanelsView {
    #chat;
    #rooms = byID('rooms');
    #members = byID('members');
    #joinForm = byID('join');
    #joinField = byID('join-name');
    #joinProblem = byID('join-problem');
    note = ''; // a sentence that somebody has to see
    #asked = ''; // the problem with the last name in the field
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
            this.#asked = chat.rooms.problem;
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
        this.#joinField.addEventListener('keydown', (event) => {
            if (event.key === 'Enter' && composes(event)) event.preventDefault();
        });
        byID('note-close').addEventListener('click', () => {
            chat.rooms.problem = this.note = '';
            this.render();
        });
        byID('leave').addEventListener('click', () => this.#leave());
        byID('sign-out').addEventListener('click', () => this.signOut());
        addEventListener('keydown', (event) => {
            if (composes(event) || document.querySelector('dialog[open]')) return;
            if (event.altKey && event.key === 'ArrowDown') this.#step(event, 1);
            if (event.altKey && event.key === 'ArrowUp') this.#step(event, -1);
        });
    }

    #chosen(entered) {
        this.#drawers[0].close();
        entered();
    }

    async #leave() {
        const room = this.#chat.rooms.current;
        const count = room ? this.#chat.outbox.unsent(room).length : 0;
        const loss = words('loss.leave', { count, room: room?.name });
        if (!room) return;
        if (count > 0 && !(await this.#mayDiscard(loss, words('loss.andLeave')))) return;
        this.#chat.leave(room);
    }

    async signOut(everywhere = false) {
        const count = this.#chat.outbox.unsent().length;
        const loss = words('loss.signOut', { count });
        if (count > 0 && !(await this.#mayDiscard(loss, words('loss.andSignOut')))) return;
        this.#chat.signOut(everywhere);
    }

    #mayDiscard(loss, agree) {
        return ask(loss, { agree, refuse: words('loss.stay') });
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
        this.#renderProblem(problem);
        if (me !== this.#me) {
            this.#me = me;
            setLabel(byID('me'), me);
            byID('my-avatar').replaceChildren(avatar(me));
        }
        const { account } = this.#chat;
        setText(byID('open-account'), words(account ? 'account.own' : 'account.keep'));
        byID('sign-out').disabled = this.#chat.signingOut;
        this.#renderHeader(current);
        this.#renderElsewhere(current);
        this.#renderMembers(current);
    }

    // Beside the field if the name was written there, else above the messages.
    #renderProblem(problem) {
        const isVisible = this.#joinField.checkVisibility?.({ visibilityProperty: true }) ?? true;
        const isBeside = problem !== '' && problem === this.#asked && isVisible;
        setText(this.#joinProblem, isBeside ? problem : '');
        this.#joinField.setAttribute('aria-invalid', String(isBeside));
        const above = (isBeside ? '' : problem) || this.note;
        setHidden(byID('note'), above === '');
        setText(byID('note-words'), above);
    }

    // On a narrow screen the list of rooms is out of sight, so its button counts what is unread.
    #renderElsewhere(current) {
        const others = this.#chat.rooms.list.filter((room) => room !== current && room.unread > 0);
        const unread = others.reduce((sum, room) => sum + room.unread, 0);
        const mark = byID('elsewhere');
        setText(mark, unread > 0 ? badge(unread) : '');
        setHidden(mark, unread === 0);
        mark.classList.toggle('mentioned', others.some((room) => room.mentioned));
        const label = unread > 0 ? words('rooms.unread', { count: unread }) : words('rooms');
        const opener = byID('open-rooms');
        if (opener.ariaLabel !== label) opener.setAttribute('aria-label', label);
    }

    #renderHeader(room) {
        setLabel(byID('room-name'), room?.name ?? words('rooms.none'));
        setHidden(byID('leave'), !room);
        setHidden(byID('open-members'), !room);
        setHidden(byID('no-room'), Boolean(room));
        const count = room?.count ?? 0;
        setText(byID('member-count'), words(count > 0 ? 'people.count' : 'people', { count }));
    }

    #renderMembers(room) {
        this.#chat.people.look(room);
        const names = room?.members ? [...room.members.values()].sort(compareNames) : [];
        const { me } = this.#chat;
        const typing = new Set(room?.typingNow());
        reconcile(this.#members, names, (name) => name, makeMember, (row, name) => {
            row.classList.toggle('typing', typing.has(name));
            setText(row.querySelector('.you'), sameName(name, me) ? ` ${words('people.you')}` : '');
        });
        const crowd = room?.state === 'joined' && !room.members && room.count > listLimit;
        setText(byID('crowd'), crowd ? words('people.crowd', { count: room.count }) : '');
    }
}

// A name that may be cut off: the whole of it shows under the pointer.
function setLabel(node, name) {
    setText(node, name);
    if (node.title !== name) node.title = name;
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
    setLabel(name, room.name);
    setText(mark, badge(room.unread));
    setHidden(mark, room.unread === 0);
    const label = words('room.unread', { count: room.unread });
    if (mark.getAttribute('aria-label') !== label) mark.setAttribute('aria-label', label);
    mark.setAttribute('role', 'img');
    button.classList.toggle('unread', room.unread > 0);
    mark.classList.toggle('mentioned', room.mentioned);
    button.classList.toggle('away', room.state !== 'joined');
    if (current) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
}

function makeMember(name) {
    const label = element('bdi', { className: 'label', title: name }, name);
    const you = element('span', { className: 'you' });
    return element('li', {}, avatar(name), label, you);
}
