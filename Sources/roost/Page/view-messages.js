// The list of messages of the current room. It follows the timeline, stays scrolled to the newest
// message or where the user has scrolled to, and loads older messages as the user scrolls up.

import { byID, element, icon, setHidden, setText } from './dom.js';
import { badge } from './format.js';
import { words } from './language.js';
import { Rows } from './rows.js';
import { itemsOf } from './timeline.js';
import { makeMessage, updateMessage } from './view-message.js';

const nearTop = 400;
const nearBottom = 40;

export class MessagesView {
    #chat;
    #log = byID('log');
    #list = byID('messages');
    #rows;
    #pill = byID('newest');
    #room = null;
    #firstKey = null;
    #anchor = null; // {row, top}: what stays in place for a reader who has scrolled up
    #found = null; // the row to which a link has led
    #presentKey = ''; // the first message that the server still has

    constructor(chat, extras) {
        this.#chat = chat;
        const actions = {
            retry: (pending) => chat.outbox.retry(pending),
            discard: (pending) => chat.outbox.discard(pending),
            decorate: (row, item) => extras.decorate(row, item, this.#room),
        };
        this.#rows = new Rows(this.#list, make, (row, item) => {
            if (item.entry) updateMessage(row, item, actions);
            else setText(row.lastElementChild, item.text);
        });
        this.#log.addEventListener('scroll', () => this.#scrolled(), { passive: true });
        this.#pill.addEventListener('click', () => {
            chat.history.newest(this.#room);
            this.#toBottom();
        });
        // The window's size has changed, or rows out of sight have got their true height.
        const sizes = new ResizeObserver(() => this.#keepPlace());
        sizes.observe(this.#log);
        sizes.observe(this.#list);
        // "Today" becomes "Yesterday" while the page is open.
        setInterval(() => this.render(), 60_000);
    }

    render() {
        const room = this.#chat.rooms.current;
        if (room !== this.#room) this.#turnTo(room);
        if (!room) return;
        if (!room.following) this.#anchor ??= this.#firstInView();
        const items = itemsOf(room, this.#chat);
        this.#beQuietUnlessAppending(items);
        this.#presentKey = items.find((item) => item.entry && !item.past)?.key ?? '';
        this.#rows.show(items);
        this.#list.classList.toggle('empty', this.#firstKey === null);
        this.#keepPlace();
        if (room.following) this.#chat.rooms.look();
        this.#renderPill(room);
        this.#fetch(room);
    }

    // All rows are made anew, in another language.
    forget() {
        this.#turnTo(null);
    }

    #turnTo(room) {
        this.#room = room;
        this.#firstKey = null;
        this.#anchor = null;
        const label = room ? words('messages.in', { room: room.title }) : words('messages');
        this.#log.setAttribute('aria-label', label);
        this.#rows.clear();
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
        this.#anchor = atBottom ? null : this.#firstInView();
        if (atBottom !== room.following) {
            room.following = atBottom;
            this.#renderPill(room);
        }
        if (atBottom) this.#chat.rooms.look();
        this.#fetch(room);
    }

    // Older messages belong above the first one of the present; what is from before a
    // gap is above that.
    #fetch(room) {
        const { scrollTop, scrollHeight, clientHeight } = this.#log;
        if (this.#log.clientHeight === 0) return;
        const present = room.past.length > 0 ? this.#rows.chunkTopOf(this.#presentKey) : 0;
        if (scrollTop < present + nearTop) this.#chat.history.older(room);
        if (scrollHeight - scrollTop - clientHeight < nearTop) this.#chat.history.newer(room);
    }

    // A reader at the bottom stays there; for others the first row in view stays where it is.
    #keepPlace() {
        if (!this.#room) return;
        if (this.#room.following) {
            this.#toBottom();
            return;
        }
        const top = this.#anchor ? this.#rows.topOf(this.#anchor.row) : undefined;
        if (top === undefined) {
            this.#anchor = this.#firstInView();
        } else if (top !== this.#anchor.top) {
            this.#log.scrollTop += top - this.#anchor.top;
            this.#anchor.top = top;
        }
    }

    // Brings a message of this room into view, and lets it stand out until something else is done.
    show(entry) {
        const row = this.#rows.rowOf(entry.item);
        if (!row) return;
        this.#room.following = false;
        this.#found?.removeAttribute('data-found');
        this.#found = row;
        row.dataset.found = '';
        row.tabIndex = -1;
        row.focus({ preventScroll: true });
        this.#log.scrollTop = this.#rows.topOf(row) - this.#log.clientHeight / 3;
        this.#anchor = { row, top: this.#rows.topOf(row) };
    }

    #toBottom() {
        this.#log.scrollTop = this.#log.scrollHeight;
    }

    #firstInView() {
        const row = this.#rows.firstBelow(this.#log.scrollTop);
        return row ? { row, top: this.#rows.topOf(row) } : null;
    }

    #renderPill(room) {
        const behind = !room.following || !room.atEnd;
        setHidden(this.#pill, !behind || room.entries.length === 0);
        this.#pill.classList.toggle('fresh', room.unread > 0);
        const fresh = words('messages.new', { count: room.unread, shown: badge(room.unread) });
        setText(this.#pill.lastElementChild, room.unread > 0 ? fresh : words('messages.newest'));
    }
}

function make(item) {
    if (item.entry) return makeMessage(item);
    const row = element('li', { className: `mark ${item.kind}`, role: 'listitem' });
    if (item.kind === 'start') row.append(icon('bird'));
    row.append(element('span', {}, item.text));
    return row;
}
