// The dialog of settings: the language of the page, and how it tells of mentions while it is out of
// sight. The browser's permission is asked for when somebody wants notifications, and never before.

import { byID, element, setText } from './dom.js';
import { choose, languages, onLanguage, words } from './language.js';
import { canNotify, sound } from './notices.js';
import { chosenLanguage, noticeSettings, setNoticeSettings } from './storage.js';

export class SettingsView {
    #dialog = byID('settings');
    #language = byID('language');
    #notify = byID('notify');
    #sound = byID('sound');
    #problem = byID('notify-problem');
    #chat;

    constructor(chat) {
        this.#chat = chat;
        byID('open-settings').addEventListener('click', () => this.#open());
        this.#language.addEventListener('change', () => choose(this.#language.value));
        this.#notify.addEventListener('change', () => this.#askToNotify());
        this.#sound.addEventListener('change', () => {
            this.#keep();
            if (this.#sound.checked) sound();
        });
        onLanguage(() => this.#fill());
    }

    #open() {
        this.#fill();
        const wanted = noticeSettings();
        this.#notify.checked = wanted.notify && canNotify()
            && Notification.permission === 'granted';
        this.#notify.disabled = !canNotify();
        this.#sound.checked = wanted.sound;
        setText(this.#problem, '');
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

    #keep() {
        setNoticeSettings({ notify: this.#notify.checked, sound: this.#sound.checked });
    }

    async #askToNotify() {
        setText(this.#problem, '');
        if (this.#notify.checked) {
            const isGranted = await Notification.requestPermission() === 'granted';
            this.#notify.checked = isGranted;
            if (!isGranted) setText(this.#problem, words('settings.refused'));
        }
        this.#keep();
    }

    // It belongs to the person who is logged in.
    render() {
        if (this.#chat.phase !== 'in' && this.#dialog.open) this.#dialog.close();
    }
}
