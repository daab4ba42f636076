// The dialog that makes the name one's own: a password, with all that a password manager needs, and
// signing out on all devices. Whether the name is an account shows beside it.

import { byID, setHidden, setText } from './dom.js';

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

    // `signOut()` signs out on all devices.
    constructor(chat, signOut) {
        this.#chat = chat;
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
            signOut();
        });
        this.#dialog.addEventListener('close', () => this.#clear());
    }

    #open() {
        byID('account-name').value = this.#chat.me;
        this.#clear();
        this.#dialog.showModal();
        this.#field.focus();
    }

    // The password stays nowhere in the page.
    #clear() {
        this.#field.value = '';
        this.#field.type = 'password';
        byID('show-password').checked = false;
        this.#complain('');
    }

    #complain(words) {
        setText(this.#problem, words);
        this.#field.setAttribute('aria-invalid', String(words !== ''));
    }

    async #keepName() {
        const password = this.#field.value;
        if (new TextEncoder().encode(password).length < shortest) {
            this.#complain('A password has 8 characters or more.');
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
        setText(this.#opener, account ? 'Your own name' : 'Keep this name');
        setText(byID('account-title'), account ? 'This name is yours' : 'Make this name yours');
        setText(byID('account-words'), account
            ? 'Nobody else gets it. Here you can set another password.'
            : 'With a password nobody else gets your name, however long you are away, and you can '
                + 'log in with it on your other devices.');
        setText(this.#save, account ? 'Set password' : 'Keep this name');
        setHidden(this.#everywhere, !account);
    }
}
