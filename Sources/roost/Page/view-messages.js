// The list of messages of the current room. It follows the timeline, stays scrolled to the newest
// message or where the user has scrolled to, and loads older messages as the user scrolls up.

import { byID, element, icon, reconcile, setHidden, setText } from './dom.js';
import { badge } from './format.js';
import { itemsOf } from './timeline.js';
import { makeMessage, updateMessage } from './view-message.js';

const nearTop = 400;
const nearBottom = 40;

export class MessagesView {
    #chat;
    #log = byID('log');
    #list = byID('messages');
    #pill = byID('newest');
    #room = null;
    #firstKey = null;

    constructor(chat) {
        this.#chat = chat;
        this.#log.addEventListener('scroll', () => this.#scrolled(), { passive: true });
        this.#pill.addEventListener('click', () => {
            chat.history.newest(this.#room);
            this.#toBottom();
        });
        new ResizeObserver(() => this.#keepPlace()).observe(this.#log);
        // "Today" becomes "Yesterday" while the page is open.
        setInterval(() => this.render(), 60_000);
    }

    render() {
        const room = this.#chat.rooms.current;
        if (room !== this.#room) this.#turnTo(room);
        if (!room) return;
        const anchor = room.following ? null : this.#anchor();
        const items = itemsOf(room, this.#chat);
        this.#beQuietUnlessAppending(items);
        const actions = {
            retry: (pending) => this.#chat.outbox.retry(pending),
            discard: (pending) => this.#chat.outbox.discard(pending),
        };
        reconcile(this.#list, items, (item) => item.key, make, (row, item) => {
            if (item.entry) updateMessage(row, item, actions);
            else if (item.text !== undefined) setText(row.lastElementChild, item.text);
        });
        if (room.following) {
            this.#toBottom();
            this.#chat.rooms.look();
        } else if (anchor) {
            this.#log.scrollTop += anchor.row.offsetTop - anchor.top;
        }
        this.#renderPill(room);
        this.#fetch(room);
    }

    #turnTo(room) {
        this.#room = room;
        this.#firstKey = null;
        this.#log.setAttribute('aria-label', room ? `Messages in ${room.name}` : 'Messages');
        reconcile(this.#list, []);
        if (room) room.following = true;
    }

    // A screen reader shall read out new messages, not pages of old ones or those of another room.
    #beQuietUnlessAppending(items) {
        const firstKey = items.find((item) => item.entry)?.key ?? null;
        const quiet = firstKey !== this.#firstKey;
        this.#firstKey = firstKey;
        if (quiet) {
            this.#log.setAttribute('aria-live', 'off');
            setTimeout(() => this.#log.setAttribute('aria-live', 'polite'), 250);
        }
    }

    #scrolled() {
        const room = this.#room;
        if (!room) return;
        const { scrollTop, scrollHeight, clientHeight } = this.#log;
        const atBottom = scrollHeight - scrollTop - clientHeight < nearBottom;
        if (atBottom !== room.following) {
            room.following = atBottom;
            this.#renderPill(room);
        }
        if (atBottom) this.#chat.rooms.look();
        this.#fetch(room);
    }

    #fetch(room) {
        const { scrollTop, scrollHeight, clientHeight } = this.#log;
        if (this.#log.clientHeight === 0) return;
        if (scrollTop < nearTop) this.#chat.history.older(room);
        if (scrollHeight - scrollTop - clientHeight < nearTop) this.#chat.history.newer(room);
    }

    // The height has changed, with the window's size or the on-screen keyboard.
    #keepPlace() {
        if (this.#room?.following) this.#toBottom();
    }

    #toBottom() {
        this.#log.scrollTop = this.#log.scrollHeight;
    }

    // The first visible row, which stays in place while rows are added or dropped above it.
    #anchor() {
        const { scrollTop } = this.#log;
        for (const row of this.#list.children) {
            if (row.offsetTop + row.offsetHeight > scrollTop && row.classList.contains('message')) {
                return { row, top: row.offsetTop };
            }
        }
        return null;
    }

    #renderPill(room) {
        const behind = !room.following || !room.atEnd;
        setHidden(this.#pill, !behind || room.entries.length === 0);
        this.#pill.classList.toggle('fresh', room.unread > 0);
        const words = `${badge(room.unread)} new message${room.unread === 1 ? '' : 's'}`;
        setText(this.#pill.lastElementChild, room.unread > 0 ? words : 'Newest');
    }
}

function make(item) {
    if (item.entry) return makeMessage(item);
    const row = element('li', { className: `mark ${item.kind}` });
    if (item.kind === 'start') row.append(icon('bird'));
    row.append(element('span', {}, item.text));
    return row;
}
