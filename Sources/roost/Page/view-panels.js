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
import { offer } from './view-rooms.js';
import { nameIn } from './words.js';

export class PanelsView {
    #chat;
    #changes;
    #entered;
    #rooms = byID('rooms');
    #directs = byID('directs');
    #members = byID('members');
    #joinForm = byID('join');
    #joinField = byID('join-name');
    #joinProblem = byID('join-problem');
    #joinOffer = byID('join-offer');
    note = ''; // a sentence that somebody has to see
    #asked = ''; // the problem with the last name in the field
    #me = '';
    #drawers = [
        new Drawer(byID('rooms-panel'), byID('open-rooms'), '(max-width: 46rem)'),
        new Drawer(byID('members-panel'), byID('open-members'), '(max-width: 68rem)'),
    ];

    // `entered()` is called when a room was chosen, to focus the field to write in.
    constructor(chat, changes, entered) {
        this.#chat = chat;
        this.#changes = changes;
        this.#entered = entered;
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
            this.chosen();
        });
        this.#joinOffer.addEventListener('click', () => {
            this.#joinField.value = this.#joinOffer.value;
            this.#joinForm.requestSubmit();
        });
        for (const list of [this.#rooms, this.#directs]) {
            list.addEventListener('click', (event) => {
                const button = event.target.closest('button');
                if (!button) return;
                chat.rooms.select(chat.rooms.get(button.dataset.key));
                this.chosen();
            });
        }
        this.#members.addEventListener('click', (event) => {
            const button = event.target.closest('.do-write');
            if (!button) return;
            chat.rooms.write(button.dataset.name);
            this.chosen();
        });
        this.#joinField.addEventListener('keydown', (event) => {
            if (event.key === 'Enter' && composes(event)) event.preventDefault();
        });
        byID('note-close').addEventListener('click', () => {
            chat.rooms.problem = this.note = '';
            this.render();
        });
        // These buttons go when they are pressed: the focus goes on to the field.
        for (const id of ['note-close', 'retry', 'newest']) {
            byID(id).addEventListener('click', () => this.#entered());
        }
        byID('leave').addEventListener('click', () => this.leave());
        byID('sign-out').addEventListener('click', () => this.signOut());
        addEventListener('keydown', (event) => {
            if (composes(event) || document.querySelector('dialog[open]')) return;
            if (event.altKey && event.key === 'ArrowDown') this.#step(event, 1);
            if (event.altKey && event.key === 'ArrowUp') this.#step(event, -1);
        });
    }

    chosen() {
        this.closeDrawers();
        this.#entered();
    }

    closeDrawers() {
        for (const drawer of this.#drawers) drawer.close();
    }

    async leave() {
        const room = this.#chat.rooms.current;
        if (room && await this.#mayDiscard(room)) this.#chat.leave(room);
    }

    async signOut(everywhere = false) {
        if (await this.#mayDiscard()) this.#chat.signOut(everywhere);
    }

    // Asks before messages and changes are lost that are not sent yet, of a room, or all; and before
    // rooms are lost with a name that is not kept.
    async #mayDiscard(room) {
        const unsent = this.#chat.outbox.unsent(room).length;
        const changes = this.#changes.waiting(room).length;
        const loss = [];
        if (unsent) loss.push(words('unsent', { count: unsent }));
        if (changes) loss.push(words('unsent.changes', { count: changes }));
        let agree = words('signOut');
        if (loss.length > 0) {
            loss.push(room ? words('loss.leave', { room: room.title }) : words('loss.signOut'));
            agree = words(room ? 'loss.andLeave' : 'loss.andSignOut');
        }
        // The server knows by the name alone who may enter these.
        const { account, rooms } = this.#chat;
        if (!room && !account && rooms.list.some(({ kind }) => kind !== 'open')) {
            loss.push(words('loss.name'));
        }
        if (loss.length === 0) return true;
        const agreed = await ask(loss.join(' '), { agree, refuse: words('loss.stay') });
        if (agreed) this.#changes.forget(room);
        return agreed;
    }

    #step(event, by) {
        const { current } = this.#chat.rooms;
        const list = [...this.#listed('rooms'), ...this.#listed('directs')];
        const at = list.indexOf(current);
        if (list.length < 2 || at < 0) return;
        event.preventDefault();
        this.#chat.rooms.select(list[(at + by + list.length) % list.length]);
    }

    render() {
        const { rooms, me } = this.#chat;
        const { current, problem } = rooms;
        const update = (row, room) => updateRoom(row, room, room === current);
        const directs = this.#listed('directs');
        reconcile(this.#rooms, this.#listed('rooms'), (room) => room.key, makeRoom, update);
        reconcile(this.#directs, directs, (room) => room.key, makeRoom, update);
        for (const node of [byID('directs-title'), this.#directs]) {
            setHidden(node, directs.length === 0);
        }
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

    // Conversations in the order of their names, the rooms in which they were joined.
    #listed(part) {
        const { list } = this.#chat.rooms;
        if (part === 'rooms') return list.filter(({ kind }) => kind !== 'direct');
        return list.filter(({ kind }) => kind === 'direct')
            .sort((one, other) => compareNames(one.title, other.title));
    }

    // Beside the field if the name was written there, else above the messages.
    #renderProblem(problem) {
        const isVisible = this.#joinField.checkVisibility?.({ visibilityProperty: true }) ?? true;
        const isBeside = problem !== '' && problem === this.#asked && isVisible;
        setText(this.#joinProblem, isBeside ? problem : '');
        this.#joinField.setAttribute('aria-invalid', String(isBeside));
        offer(this.#joinOffer, isBeside ? nameIn(problem) : '');
        const above = (isBeside ? '' : problem) || this.note;
        setHidden(byID('note'), above === '');
        setText(byID('note-words'), above);
    }

    // On a narrow screen the list of rooms is out of sight, so its button counts what is unread.
    #renderElsewhere(current) {
        const others = this.#chat.rooms.list.filter((room) => room !== current && room.unread > 0);
        const unread = others.reduce((sum, room) => sum + room.unread, 0);
        const mentioned = others.some((room) => room.mentioned);
        const mark = byID('elsewhere');
        setText(mark, unread > 0 ? badge(unread) : '');
        setHidden(mark, unread === 0);
        mark.classList.toggle('mentioned', mentioned);
        let label = unread > 0 ? words('rooms.unread', { count: unread }) : words('rooms');
        if (mentioned) label += `, ${words('rooms.forYou')}`;
        const opener = byID('open-rooms');
        if (opener.ariaLabel !== label) opener.setAttribute('aria-label', label);
    }

    #renderHeader(room) {
        setLabel(byID('room-name'), room?.title ?? words('rooms.none'));
        setLabel(byID('topic'), room?.topic ?? '');
        const kind = room?.kind ?? 'open';
        setIcon(byID('room-icon'), kind);
        setHidden(byID('leave'), !room);
        setText(byID('leave'), words(kind === 'direct' ? 'close' : 'room.leave'));
        byID('leave').ariaLabel = words(kind === 'direct' ? 'direct.close' : 'room.leaveThis');
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
        const canWrite = this.#chat.can('direct');
        const { moderator } = this.#chat.connection.welcome ?? {};
        reconcile(this.#members, names, (name) => name, makeMember, (row, name) => {
            row.classList.toggle('typing', typing.has(name));
            const mine = sameName(name, me);
            setText(row.querySelector('.you'), mine ? ` ${words('people.you')}` : '');
            const [write, more] = row.querySelectorAll('button');
            setHidden(write, mine || !canWrite);
            setLabelOf(write, words('direct.write', { name }));
            setHidden(more, mine || !moderator);
            setLabelOf(more, `${words('message.actions')}: ${name}`);
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

// The name of a button with an icon: its title alone, which beside a label would be read out, too.
function setLabelOf(button, label) {
    if (button.title !== label) button.title = label;
}

const icons = { open: '#icon-hash', private: '#icon-lock', direct: '#icon-people' };

function setIcon(svg, kind) {
    const use = svg.firstElementChild;
    if (use.getAttribute('href') !== icons[kind]) use.setAttribute('href', icons[kind]);
}

function makeRoom(room) {
    const name = element('bdi', { className: 'label' });
    const badge = element('span', { className: 'badge', hidden: true });
    const face = room.kind === 'direct' ? avatar(room.title) : icon('hash');
    const button = element('button', { type: 'button' }, face, name, badge);
    button.dataset.key = room.key;
    return element('li', {}, button);
}

function updateRoom(row, room, current) {
    const button = row.firstElementChild;
    const [face, name, mark] = button.children;
    if (room.kind !== 'direct') setIcon(face, room.kind);
    setLabel(name, room.title);
    setText(mark, badge(room.unread));
    setHidden(mark, room.unread === 0);
    const forYou = room.mentioned && room.kind !== 'direct' ? `, ${words('rooms.forYou')}` : '';
    const label = words('room.unread', { count: room.unread }) + forYou;
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
    const [write, more] = ['write', 'more'].map((what) => element('button', {
        type: 'button', className: `icon-button do-${what}`, dataset: { name },
    }, icon(what)));
    more.ariaHasPopup = 'dialog';
    return element('li', {}, avatar(name), label, you, write, more);
}
