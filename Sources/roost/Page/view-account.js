// The dialog that makes the name one's own: a password, with all that a password manager needs, the
// devices on which one is logged in, and signing out on all of them.

import { byID, setHidden, setText } from './dom.js';
import { words } from './language.js';
import { SessionList } from './view-sessions.js';

const shortest = 8;

export class AccountView {
    #chat;
    #dialog = byID('account');
    #form = byID('account-form');
    #field = byID('new-password');
    #problem = byID('account-problem');
    #save = byID('account-save');
    #everywhere = byID('sign-out-everywhere');
    #opener = byID('open-account');
    #sessions;

    constructor(chat, panels) {
        this.#chat = chat;
        this.#sessions = new SessionList(chat);
        this.#opener.addEventListener('click', () => this.#open());
        byID('account-cancel').addEventListener('click', () => this.#dialog.close());
        byID('show-password').addEventListener('change', ({ target }) => {
            this.#field.type = target.checked ? 'text' : 'password';
        });
        this.#form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#keepName();
        });
        this.#everywhere.addEventListener('click', () => {
            this.#dialog.close();
            panels.signOut(true);
        });
        this.#dialog.addEventListener('close', () => this.#clear());
    }

    #open() {
        byID('account-name').value = this.#chat.me;
        this.#clear();
        this.#dialog.showModal();
        this.#field.focus();
        this.#sessions.show();
    }

    // The password stays nowhere in the page.
    #clear() {
        this.#field.value = '';
        this.#field.type = 'password';
        byID('show-password').checked = false;
        this.#complain('');
    }

    #complain(sentence) {
        setText(this.#problem, sentence);
        this.#field.setAttribute('aria-invalid', String(sentence !== ''));
    }

    async #keepName() {
        const password = this.#field.value;
        if (new TextEncoder().encode(password).length < shortest) {
            this.#complain(words('account.short'));
            this.#field.focus();
            return;
        }
        this.#complain('');
        this.#save.disabled = true;
        const problem = await this.#chat.keepName(password);
        this.#save.disabled = false;
        if (!this.#dialog.open) return;
        this.#complain(problem);
        if (problem === '') this.#dialog.close();
        else this.#field.focus();
    }

    render() {
        const { account, phase } = this.#chat;
        if (phase !== 'in' && this.#dialog.open) this.#dialog.close();
        setText(byID('account-title'), words(account ? 'account.yours' : 'account.make'));
        setText(byID('account-words'), words(account ? 'account.change' : 'account.why'));
        setText(this.#save, words(account ? 'account.set' : 'account.keep'));
        setText(this.#field.labels[0], words(account ? 'account.new' : 'login.password'));
        setHidden(this.#everywhere, !account);
    }
}
