// The dialog about a room: its topic, who is in it, and for a private room who may enter.

import { ask } from './ask.js';
import { beside, iconButton, labelled, makeDialog, problemLine, said } from './dialogs.js';
import { byID, element, icon, reconcile, setHidden, setText } from './dom.js';
import { words } from './language.js';
import { compareNames, keyOf, sameName } from './names.js';
import { avatar } from './view-message.js';
import { problemOf } from './view-rooms.js';
import { textNodes } from './view-text.js';

const topicLimit = 200;

export class RoomView {
    #chat;
    #room = null;
    #invited = null; // the names of all who may enter a private room
    #opener = iconButton('info', 'room.about', { id: 'open-room', ariaHasPopup: 'dialog' });
    #title = element('bdi');
    #kind = said('p', 'room.private', { className: 'hint' });
    #topic = element('input', {
        id: 'room-topic', type: 'text', autocomplete: 'off', maxLength: topicLimit * 2,
        dataset: { hint: 'room.topicNone' }, dir: 'auto',
        attributes: { 'aria-describedby': 'room-topic-hint room-problem' },
    });
    #whole = element('div', { id: 'topic-whole', className: 'bubble' }); // the field cuts it off
    #wholeText = '';
    #save = said('button', 'room.topicSave', { type: 'submit', className: 'secondary' });
    #write = beside(labelled('room.topic', this.#topic), this.#save);
    #owners = said('p', 'room.topicOwn', { id: 'room-topic-hint', className: 'hint' });
    #by = element('p', { className: 'hint' });
    #list = element('h3');
    #people = element('ul', { className: 'found members', attributes: { tabindex: -1 } });
    #guest = element('input', {
        id: 'room-guest', type: 'text', autocomplete: 'off', autocapitalize: 'off',
        spellcheck: false, maxLength: 64,
    });
    #names = element('datalist', { id: 'room-guests' });
    #invite;
    #said = element('p', { className: 'hint', role: 'status' });
    #problem = problemLine('room-problem');
    #forGood = said('button', 'room.leaveForGood', { type: 'button', className: 'link bad' });
    #dialog;

    constructor(chat, panels) {
        this.#chat = chat;
        this.#guest.setAttribute('list', this.#names.id);
        const topic = element('form', { noValidate: true }, this.#write, this.#owners);
        const invite = said('button', 'room.invite', { type: 'submit', className: 'secondary' });
        this.#invite = element('form', { noValidate: true },
            beside(labelled('room.inviteName', this.#guest), invite), this.#names);
        const leave = said('button', 'room.leaveThis', { type: 'button', className: 'secondary' });
        this.#dialog = makeDialog('room', element('h2', {}, this.#title), this.#kind, this.#by,
            this.#whole, topic, this.#list, element('div', { className: 'found-box' }, this.#people),
            this.#invite, this.#said, this.#problem,
            element('p', { className: 'choices' }, this.#forGood, leave));
        byID('leave').before(this.#opener);
        this.#opener.addEventListener('click', () => this.#open());
        topic.addEventListener('submit', (event) => this.#do(event, () => this.#setTopic()));
        this.#invite.addEventListener('submit', (event) => this.#do(event, () => this.#letIn()));
        this.#people.addEventListener('click', (event) => {
            const name = event.target.closest('button')?.dataset.name;
            if (name) this.#do(event, () => this.#sendOut(name));
        });
        leave.addEventListener('click', () => {
            this.#dialog.close();
            panels.leave();
        });
        this.#forGood.addEventListener('click', (event) => this.#do(event, () => this.#leave()));
    }

    #open() {
        this.#room = this.#chat.rooms.current;
        this.#topic.value = this.#room.topic;
        this.#guest.value = '';
        setText(this.#said, '');
        setText(this.#problem, '');
        this.#invited = null;
        this.#dialog.showModal();
        this.render();
        this.#ask();
    }

    // The names of all who may enter, there or not.
    async #ask() {
        const room = this.#room;
        if (room.kind !== 'private') return;
        const reply = await room.link.command('who').catch(() => null);
        if (room === this.#room && reply?.people) this.#invited = reply.people;
        this.render();
    }

    // Says what is wrong, if the server refuses it.
    async #do(event, act) {
        event.preventDefault();
        setText(this.#problem, '');
        setText(this.#said, '');
        try {
            await act();
        } catch (error) {
            setText(this.#problem, problemOf(error));
        }
        this.#ask();
    }

    async #setTopic() {
        await this.#room.link.command('topic', { text: this.#topic.value.trim() });
        setText(this.#said, words('room.topicSaved'));
    }

    async #letIn() {
        const name = this.#guest.value.trim();
        this.#guest.focus();
        if (name === '') return;
        await this.#room.link.command('invite', { user: name });
        this.#guest.value = '';
        setText(this.#said, words('room.invited', { name }));
    }

    async #sendOut(name) {
        await this.#room.link.command('uninvite', { user: name });
        setText(this.#said, words('room.uninvited', { name }));
        this.#people.focus(); // the button that was pressed goes with its row
    }

    async #leave() {
        const room = this.#room;
        const agree = words('room.leaveForGood');
        const key = this.#invited?.length === 1 ? 'room.lossOfAll' : 'room.lossForGood';
        const question = words(key, { room: room.title });
        if (!(await ask(question, { agree, refuse: words('loss.stay') }))) return;
        await room.link.command('uninvite', { user: this.#chat.me });
        this.#dialog.close();
        this.#chat.leave(room);
    }

    render() {
        const { rooms, phase, account, me } = this.#chat;
        const { current } = rooms;
        setHidden(this.#opener, !current || current.kind === 'direct' || current.epoch === null);
        if (!this.#dialog.open) return;
        const room = this.#room;
        if (phase !== 'in' || room !== current) {
            this.#dialog.close();
            return;
        }
        const isPrivate = room.kind === 'private';
        setText(this.#title, room.title);
        for (const node of [this.#kind, this.#invite, this.#forGood]) setHidden(node, !isPrivate);
        setHidden(this.#whole, room.topic === '');
        if (room.topic !== this.#wholeText) {
            this.#wholeText = room.topic;
            this.#whole.replaceChildren(...textNodes(room.topic));
        }
        setHidden(this.#write, !account);
        setHidden(this.#owners, account);
        setHidden(this.#by, !isPrivate || !room.creator);
        setText(this.#by, words('room.creator', { name: room.creator }));
        const invited = isPrivate ? this.#invited : null;
        setText(this.#list, words(invited ? 'room.people' : 'people.here'));
        const here = room.members ?? new Map();
        const names = (invited ?? [...here.values()]).toSorted(compareNames);
        const mayUninvite = isPrivate && sameName(room.creator, me);
        reconcile(this.#people, names, (name) => name, makePerson, (row, name) => {
            const isAway = invited && room.members && !here.has(keyOf(name));
            row.classList.toggle('absent', isAway);
            setText(row.querySelector('.figure'), isAway ? words('room.absent') : '');
            const button = row.querySelector('button');
            setHidden(button, !mayUninvite || sameName(name, me));
            button.title = words('room.uninvite', { name });
        });
        this.#suggest(room);
    }

    // The people of the other rooms, whom one may mean.
    #suggest(room) {
        if (room.kind !== 'private') return;
        const known = new Map(this.#chat.rooms.list.flatMap(({ members }) => [...members ?? []]));
        for (const name of this.#invited ?? room.members?.values() ?? []) known.delete(keyOf(name));
        const names = [...known.values()].sort(compareNames);
        reconcile(this.#names, names, (name) => name,
            (name) => element('option', { value: name }), () => {});
    }
}

function makePerson(name) {
    const out = element('button', { type: 'button', className: 'icon-button' }, icon('close'));
    out.dataset.name = name;
    return element('li', {}, avatar(name),
        element('bdi', { className: 'label', title: name }, name),
        element('span', { className: 'figure' }), out);
}
