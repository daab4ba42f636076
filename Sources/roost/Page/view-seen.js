// The page without the server: below the login, the newest messages of the room in which this user
// was, and when. They are kept in this browser until the user signs out.

import { byID, element, setHidden, setText } from './dom.js';
import { isMessage } from './entries.js';
import { moment } from './format.js';
import { words } from './language.js';
import { keyOf, sameName } from './names.js';
import { seen, setSeen } from './storage.js';
import { makeMessage, updateMessage } from './view-message.js';

const most = 50;
const mostCharacters = 50_000;
const saveAfter = 1_000;

const isSameMinute = (one, other) => one.at.slice(0, 16) === other.at.slice(0, 16);

export class SeenView {
    #chat;
    #title = element('h2');
    #list = element('ul', { className: 'messages', tabIndex: 0 });
    #section = element('section', { id: 'seen', className: 'card', hidden: true }, this.#title, this.#list);
    #shown = '';
    #known = ''; // what the page last saved, or wants to
    #timer = 0;

    constructor(chat) {
        this.#chat = chat;
        byID('login').append(this.#section);
        const atOnce = () => this.#save();
        addEventListener('pagehide', atOnce);
        document.addEventListener('visibilitychange', atOnce);
        chat.connection.on('closed', atOnce);
    }

    render() {
        const { phase, me, connection, rooms } = this.#chat;
        const kept = phase === 'entering' && connection.state.phase === 'waiting'
            ? seen(keyOf(me)) : null;
        setHidden(this.#section, !kept);
        if (kept) this.#show(kept, me);
        if (phase !== 'in') return;
        const { key, position, epoch, state, atEnd } = rooms.current ?? {};
        if (state !== 'joined' || !atEnd) return;
        const now = [me, key, epoch, position].join(' ');
        if (now === this.#known) return;
        this.#known = now;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#save(), saveAfter);
    }

    // Each change is an entry of its own, so what was edited or deleted is saved again.
    #save() {
        const { phase, me, rooms } = this.#chat;
        const room = rooms.current;
        if (phase !== 'in' || !this.#known || room?.epoch === null || !room?.atEnd) return;
        let rest = mostCharacters;
        const entries = [];
        for (const entry of room.entries.filter(isMessage).slice(-most).reverse()) {
            const { user, text, at, deleted } = entry;
            rest -= text.length;
            if (rest < 0) break;
            entries.unshift({ user, text, at, deleted });
        }
        setSeen(keyOf(me), { title: room.title, at: new Date().toISOString(), entries });
    }

    #show({ title, at, entries }, me) {
        const { lang } = document.documentElement;
        const shown = [me, title, at, lang].join(' ');
        if (shown === this.#shown) return;
        this.#shown = shown;
        setText(this.#title, words('login.seen', { room: title, time: moment(new Date(at)) }));
        this.#list.ariaLabel = this.#title.textContent;
        this.#list.replaceChildren(...entries.map((entry, index) => {
            const before = entries[index - 1];
            const head = !before || !sameName(before.user, entry.user);
            const item = {
                entry, head, own: sameName(entry.user, me), text: entry.text, past: true,
                deleted: Boolean(entry.deleted), sameMinute: head || isSameMinute(entry, before),
            };
            const row = makeMessage(item);
            updateMessage(row, item, { decorate() {} });
            return row;
        }));
        // As soon as it is visible.
        requestAnimationFrame(() => this.#list.scrollTo(0, this.#list.scrollHeight));
    }
}
