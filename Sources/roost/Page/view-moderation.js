// The dialog in which a moderator mutes somebody, sends somebody out, or keeps somebody out: where,
// for how long, and why. A link in it ends what is in force.

import { labelled, makeDialog, problemLine } from './dialogs.js';
import { byID, element, setHidden, setText } from './dom.js';
import { lasting } from './format.js';
import { words } from './language.js';
import { sameName } from './names.js';
import { problemOf } from './view-rooms.js';
import { sanctionsOf } from './view-sanctions.js';

const times = [600, 3_600, 86_400]; // seconds
const longestReason = 123; // bytes

export class ModerationView {
    #chat;
    #action = '';
    #name = '';
    #inForce = []; // bans and mutes, as the server has listed them last
    #title = element('h2');
    #time = element('select', { id: 'moderate-time' });
    #times = labelled('moderate.time', this.#time);
    #where = element('select', { id: 'moderate-where' });
    #reason = element('input', {
        id: 'moderate-reason', type: 'text', autocomplete: 'off', dir: 'auto',
        maxLength: longestReason, attributes: { 'aria-describedby': 'moderate-problem' },
    });
    #problem = problemLine('moderate-problem');
    #lift = element('button', { type: 'button', className: 'link' });
    #agree = element('button', { type: 'submit', className: 'primary' });
    #dialog;

    constructor(chat, menu) {
        this.#chat = chat;
        const form = element('form', { noValidate: true }, this.#times,
            labelled('moderate.where', this.#where), labelled('moderate.reason', this.#reason),
            this.#problem,
            element('p', { className: 'choices' }, this.#lift, this.#agree));
        this.#dialog = makeDialog('moderate', this.#title, form);
        form.addEventListener('input', () => {
            setText(this.#problem, '');
            this.#showLift();
        });
        this.#lift.addEventListener('click', () => this.#do(`un${this.#action}`));
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#do(this.#action);
        });
        byID('members').addEventListener('click', ({ target }) => {
            const button = target.closest('.do-more');
            const entry = { user: button?.dataset.name };
            if (button) menu.open({ entry, isPerson: true }, button.getBoundingClientRect());
        });
    }

    open(action, name) {
        const room = this.#chat.rooms.current;
        this.#action = action;
        this.#name = name;
        const what = words(`message.${action}`);
        setText(this.#title, `${what}: ${name}`);
        setText(this.#agree, what);
        const isKick = action === 'kick';
        setHidden(this.#times, isKick);
        setText(this.#lift, isKick ? '' : words(`message.un${action}`));
        const option = (value, text) => element('option', { value }, text);
        this.#time.replaceChildren(...times.map((time) => option(time, lasting(time))),
            option('', words('act.good')));
        // A conversation of two has no moderators.
        this.#where.replaceChildren(
            ...(room.kind === 'direct' ? [] : [option(room.name, room.title)]),
            option('*', words('moderate.everywhere')));
        this.#reason.value = '';
        setText(this.#problem, '');
        this.#showLift();
        sanctionsOf(this.#chat.connection).then((all) => {
            this.#inForce = all;
            this.#showLift();
        }, () => {});
        this.#dialog.showModal();
        (isKick ? this.#reason : this.#time).focus();
    }

    // Only what is in force there can be ended.
    #showLift() {
        setHidden(this.#lift, !this.#inForce.some(({ action, user, room }) =>
            action === this.#action && sameName(user, this.#name) && room === this.#where.value));
    }

    async #do(action) {
        const reason = this.#reason.value.trim();
        const seconds = action === this.#action && Number(this.#time.value);
        setText(this.#problem, '');
        if (new TextEncoder().encode(reason).length > longestReason) {
            setText(this.#problem, words('error.too_long'));
            return;
        }
        try {
            await this.#chat.connection.command(action, {
                room: this.#where.value, user: this.#name, reason,
                ...(seconds && action !== 'kick' ? { seconds } : {}),
            });
            this.#dialog.close();
        } catch (error) {
            setText(this.#problem, problemOf(error));
        }
    }

    render() {
        if (this.#chat.phase !== 'in' && this.#dialog.open) this.#dialog.close();
    }
}
