// The devices on which the user is logged in, in the dialog about the name: each is signed out from
// here.

import { byID, element, reconcile, setHidden, setText } from './dom.js';
import { dayName, fullTime, instant } from './format.js';
import { words } from './language.js';

export class SessionList {
    #chat;
    #box = byID('sessions');
    #list = this.#box.querySelector('ul');
    #problem = this.#box.querySelector('.problem');

    constructor(chat) {
        this.#chat = chat;
        this.#list.addEventListener('click', ({ target }) => {
            const { id } = target.closest('button')?.dataset ?? {};
            if (id) this.#end(id);
        });
    }

    // What is shown is of this moment, so it is asked for each time.
    async show() {
        this.#show([], '');
        if (!this.#chat.account || !this.#chat.can('sessions')) return;
        const { sessions, problem } = await this.#chat.sessions();
        this.#show(sessions, problem);
    }

    async #end(id) {
        const { sessions, problem } = await this.#chat.endSession(id);
        this.#show(sessions, problem);
        this.#list.focus();
    }

    #show(sessions, problem) {
        setHidden(this.#box, sessions.length === 0 && problem === '');
        setText(this.#problem, problem);
        reconcile(this.#list, sessions, ({ session }) => session, makeSession, update);
    }
}

function makeSession({ session }) {
    return element('li', {},
        element('span', { className: 'about' },
            element('bdi', { className: 'label' }), element('span', { className: 'hint' })),
        element('button', {
            type: 'button', className: 'secondary', textContent: words('signOut'),
            dataset: { id: session },
        }));
}

function update(row, { client, at, connections, current }) {
    const name = client ?? words('sessions.unknown');
    const [called, hint] = row.firstChild.children;
    const date = instant(at);
    let state = words('sessions.used', { day: dayName(date) });
    if (connections > 0) state = words('sessions.now');
    if (current) state = words('sessions.here');
    setText(called, name);
    setText(hint, state);
    hint.title = fullTime(date);
    const button = row.lastChild;
    setHidden(button, current);
    button.ariaLabel = words('sessions.end', { client: name });
}
