// A sentence above the messages for somebody who may only read, or was sent out: until when, why,
// and what can be done. The field says it too.

import { doer, untilOf, withReason } from './acts.js';
import { said } from './dialogs.js';
import { byID, element, setHidden, setText } from './dom.js';
import { words } from './language.js';

const longestWait = 3_600_000;

// Why this user cannot write here; '' if it is not a moderator's doing.
export function barOf(room) {
    const muted = room?.mutedNow();
    if (muted && room.state !== 'refused') {
        return withReason(words('you.mute', { until: untilOf(muted) }), muted);
    }
    const { verdict } = room ?? {};
    if (room?.state !== 'refused' || !verdict) return '';
    if (!verdict.action) return room.problem;
    const line = words(`you.${verdict.action}`, { by: doer(verdict), until: untilOf(verdict) });
    return withReason(line, verdict);
}

export class VerdictView {
    #chat;
    #view;
    #words = element('span');
    #again = said('button', 'invited.enter', { type: 'button', className: 'link' });
    #leave = said('button', 'room.leaveThis', { type: 'button', className: 'link' });
    #bar;
    #timer = 0;

    constructor(chat, view, panels) {
        this.#chat = chat;
        this.#view = view;
        this.#bar = element('div', { id: 'verdict', className: 'bar', role: 'alert', hidden: true },
            this.#words, this.#again, this.#leave);
        this.#again.addEventListener('click', async () => {
            const { current } = chat.rooms;
            await current.link.enter();
            if (current.state === 'joined') panels.chosen();
        });
        this.#leave.addEventListener('click', () => panels.leave());
        byID('note').after(this.#bar);
    }

    // A verdict for everything has closed the connection, which is said elsewhere.
    render() {
        const room = this.#chat.rooms.current;
        const sentence = barOf(room);
        for (const button of [this.#again, this.#leave]) setHidden(button, room?.state !== 'refused');
        setText(this.#words, sentence);
        setHidden(this.#bar, sentence === '');
        clearTimeout(this.#timer);
        if (!room?.muted?.until) return;
        const rest = Math.min(longestWait, Date.parse(room.muted.until) - Date.now());
        this.#timer = setTimeout(() => this.#view.schedule(), rest + 50);
    }
}
