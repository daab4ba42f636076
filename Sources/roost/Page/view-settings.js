// The dialog of settings: the language of the page.

import { byID, element } from './dom.js';
import { choose, languages, onLanguage, words } from './language.js';
import { chosenLanguage } from './storage.js';

export class SettingsView {
    #dialog = byID('settings');
    #language = byID('language');
    #chat;

    constructor(chat) {
        this.#chat = chat;
        byID('open-settings').addEventListener('click', () => this.#open());
        this.#language.addEventListener('change', () => choose(this.#language.value));
        onLanguage(() => this.#fill());
    }

    #open() {
        this.#fill();
        this.#dialog.showModal();
    }

    // Each language is called as its speakers call it.
    #fill() {
        const all = Object.entries(languages).map(([tag, name]) =>
            element('option', { value: tag, lang: tag }, name));
        const browser = element('option', { value: '' }, words('settings.browser'));
        this.#language.replaceChildren(browser, ...all);
        this.#language.value = chosenLanguage();
    }

    // It belongs to the person who is logged in.
    render() {
        if (this.#chat.phase !== 'in' && this.#dialog.open) this.#dialog.close();
    }
}
