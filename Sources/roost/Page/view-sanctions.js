// The dialog with the bans and mutes in force, for moderators, who can lift them.

import { lineOf, untilOf } from './acts.js';
import { iconButton, makeDialog, problemLine, said } from './dialogs.js';
import { byID, element, reconcile, setHidden, setText } from './dom.js';
import { words } from './language.js';
import { avatar } from './view-message.js';
import { problemOf } from './view-rooms.js';

const mostPages = 20; // of 100 each

// All bans and mutes in force, the oldest first.
export async function sanctionsOf(connection) {
    const all = [];
    for (let page = 0, more = true; more && page < mostPages; page += 1) {
        const after = all[all.length - 1]?.number;
        const reply = await connection.command('sanctions', { after });
        all.push(...reply.sanctions);
        more = reply.more && reply.sanctions.length > 0;
    }
    return all;
}

export class SanctionsView {
    #chat;
    #opener = iconButton('lock', 'moderate.all', { id: 'open-sanctions', ariaHasPopup: 'dialog' });
    #list = element('ul', { className: 'found members', attributes: { tabindex: -1 } });
    #state = element('p', { className: 'hint', role: 'status' });
    #problem = problemLine('sanctions-problem');
    #dialog = makeDialog('sanctions', said('h2', 'moderate.all'),
        element('div', { className: 'found-box' }, this.#list, this.#state), this.#problem);

    constructor(chat) {
        this.#chat = chat;
        byID('members-panel').querySelector('h2').after(this.#opener);
        this.#opener.addEventListener('click', () => {
            this.#dialog.showModal();
            this.#show();
        });
        this.#list.addEventListener('click', async ({ target }) => {
            const { action, room, user } = target.closest('button')?.dataset ?? {};
            if (action) await this.#show(() => chat.connection.command(action, { room, user }));
        });
    }

    // The newest first, when something was done.
    async #show(act) {
        setText(this.#problem, '');
        let all;
        try {
            await act?.();
            all = await sanctionsOf(this.#chat.connection);
        } catch (error) {
            setText(this.#problem, problemOf(error));
            return;
        }
        const hadFocus = this.#list.contains(document.activeElement);
        reconcile(this.#list, all.reverse(), ({ number }) => number, makeRow, () => {});
        // The button that was pressed has gone with its row.
        if (hadFocus && !this.#list.contains(document.activeElement)) {
            (this.#list.querySelector('button') ?? this.#list).focus();
        }
        setText(this.#state, all.length > 0 ? '' : words('moderate.none'));
    }

    render() {
        const { phase, connection } = this.#chat;
        setHidden(this.#opener, !connection.welcome?.moderator);
        if (phase !== 'in' && this.#dialog.open) this.#dialog.close();
    }
}

function makeRow({ action, room, user, ...more }) {
    const everywhere = room === '*';
    const act = { action, user, everywhere, came: Date.parse(more.at), ...more };
    const lift = words(`message.un${action}`);
    const where = everywhere ? [] : [element('bdi', { className: 'label' }, room)];
    if (more.until) where.push(untilOf(act));
    return element('li', {}, avatar(user),
        element('span', { className: 'about' }, element('span', {}, lineOf(act)),
            element('span', { className: 'where' }, ...where)),
        element('button', {
            type: 'button', className: 'link', dataset: { action: `un${action}`, room, user },
            ariaLabel: `${lift}: ${user}`,
        }, lift));
}
