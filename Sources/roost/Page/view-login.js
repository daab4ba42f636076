// The login, which every user sees first: one field, one button, and a sentence if it failed. For a
// name that is taken, there is a second field: it may be this user's own, who has a password.

import { byID, composes, setHidden, setText } from './dom.js';
import { words } from './language.js';
import { isConversation } from './names.js';
import { lastName } from './storage.js';
import { wordsForState } from './words.js';

export class LoginView {
    #chat;
    #screen = byID('login');
    #form = byID('login-form');
    #field = byID('name');
    #password = byID('password');
    #passwordLabel = byID('password-label');
    #button = byID('enter');
    #problem = byID('login-problem');
    #hint = byID('login-room');
    #unsent = byID('login-unsent');
    #offer = byID('login-offer');
    #wasHidden = true;
    #wasBusy = false;
    #submitted = false;
    #tried = false; // whether the last attempt had a password
    #roomInAddress;

    constructor(chat, roomInAddress) {
        this.#chat = chat;
        this.#field.value = lastName();
        this.#form.addEventListener('submit', (event) => {
            event.preventDefault();
            const name = this.#field.value.trim();
            this.#submitted = true;
            this.#tried = this.#password.value !== '';
            if (name === '') this.#field.focus();
            else chat.enter(name, roomInAddress(), this.#password.value);
        });
        this.#field.addEventListener('keydown', (event) => {
            if (event.key === 'Enter' && composes(event)) event.preventDefault();
        });
        this.#offer.addEventListener('click', () => {
            this.#field.value = this.#chat.suggestion;
            this.#form.requestSubmit();
        });
        this.#roomInAddress = roomInAddress;
    }

    render() {
        const { phase, connection, problem, suggestion, outbox, asksPassword } = this.#chat;
        const stuck = ['waiting', 'stopped'].includes(connection.state.phase);
        // If the page logs in by itself, the form is shown only when that fails.
        const shown = phase === 'login' || (phase === 'entering' && (stuck || this.#submitted));
        setHidden(this.#screen, !shown);
        if (!shown) {
            this.#wasHidden = true;
            this.#password.value = '';
            return;
        }
        if (phase === 'login') this.#submitted = false;
        const busy = phase === 'entering' && !stuck;
        this.#screen.classList.toggle('busy', busy);
        this.#button.disabled = busy;
        setText(this.#button, words(busy ? 'login.busy' : 'login.join'));
        setText(this.#problem, phase === 'entering' ? this.#trouble(connection.state) : problem);
        setHidden(this.#password, !asksPassword);
        setHidden(this.#passwordLabel, !asksPassword);
        if (!asksPassword) this.#password.value = '';
        const wrong = phase === 'login' && problem !== '';
        this.#field.setAttribute('aria-invalid', String(wrong && !this.#tried));
        this.#password.setAttribute('aria-invalid', String(wrong && this.#tried));
        const place = this.#roomInAddress();
        const room = isConversation(place) ? '' : place;
        setHidden(this.#hint, !room);
        setText(this.#hint, room ? words('login.room', { room }) : '');
        setHidden(this.#offer, suggestion === '');
        setText(this.#offer, suggestion ? words('login.as', { name: suggestion }) : '');
        const unsent = outbox.unsent().length;
        setHidden(this.#unsent, unsent === 0);
        const kept = `${words('unsent', { count: unsent })} ${words('login.kept')}`;
        setText(this.#unsent, unsent > 0 ? kept : '');
        const first = asksPassword && !this.#wasHidden ? this.#password : this.#field;
        if (this.#wasHidden || (problem !== '' && this.#wasBusy && !busy)) first.select();
        this.#wasHidden = false;
        this.#wasBusy = busy;
    }

    #trouble(state) {
        const why = wordsForState(state, navigator.onLine);
        if (state.phase === 'stopped') return why;
        if (state.phase !== 'waiting') return '';
        const reached = state.code !== 1006 || !navigator.onLine;
        return words('login.trying', { problem: reached ? why : words('login.unreachable') });
    }
}
