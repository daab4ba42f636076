// What one may do with a message, and doing it. The toolbar, the menu and the keys all ask here.

import { ask } from './ask.js';
import { words } from './language.js';
import { copyLink, linkTo } from './links.js';

// What moderators do to the author, each in a dialog.
export const moderations = ['mute', 'kick', 'ban'];
const editableFor = 24 * 60 * 60_000; // the server's limit

export class Deeds {
    moderation = null; // the dialog, as soon as it is there
    #chat;
    #view;
    #changes;

    constructor(chat, view, changes) {
        this.#chat = chat;
        this.#view = view;
        this.#changes = changes;
    }

    // The names of what is possible, in the order in which it is shown. Nothing can be done with
    // what is deleted, or not sent; and a message that the server has forgotten can only be read.
    // Of a person, `isPerson`, it is what moderators do.
    of({ entry, own, pending, past, deleted, isPerson }) {
        const { capabilities: can = [], moderator } = this.#chat.connection.welcome ?? {};
        const moderating = moderator && !own && can.includes('moderate') ? moderations : [];
        const { current } = this.#chat.rooms;
        const barred = current?.mutedNow() || current?.state === 'refused';
        if (isPerson) return moderating;
        if (deleted || pending || entry.offset === undefined) return [];
        if (past) return ['copy'];
        if (barred) return ['copy', 'link'];
        const possible = can.includes('react') ? ['react'] : [];
        possible.push('reply');
        if (own && can.includes('edit') && Date.now() - entry.time < editableFor) {
            possible.push('edit');
        }
        possible.push('copy', 'link');
        if ((own || moderator) && can.includes('delete')) possible.push('delete');
        return [...possible, ...moderating];
    }

    react(entry, emoji) {
        this.#changes.react(this.#chat.rooms.current, entry, emoji);
    }

    async do(name, entry) {
        const room = this.#chat.rooms.current;
        switch (name) {
            case 'reply':
                room.editing = null;
                this.#chat.drafts.answer(room, entry);
                this.#view.startWriting();
                break;
            case 'edit':
                this.#edit(room, entry);
                break;
            case 'copy':
                await this.#copy(room, entry);
                break;
            case 'link':
                if (await copyLink(room, entry)) this.#tell(room, words('copy.link'));
                else this.#view.say(`${words('copy.refused')} ${linkTo(room, entry)}`);
                break;
            case 'delete':
                await this.#delete(room, entry);
                break;
            default:
                this.moderation.open(name, entry.user);
        }
    }

    // The last of this user's messages in the window that can still be changed.
    editLast() {
        const room = this.#chat.rooms.current;
        const entry = room?.entries.findLast(
            ({ item }) => item?.own && this.of(item).includes('edit'));
        if (entry) this.#edit(room, entry);
        return Boolean(entry);
    }

    // The server has refused it: what was written is not lost.
    undone({ command, room, entry, text }) {
        if (command === 'edit' && !room.editing) this.#open(room, entry, text);
        this.#view.schedule();
    }

    stop() {
        const room = this.#chat.rooms.current;
        if (room.editing) room.editing = null;
        else this.#chat.drafts.answer(room, null);
        this.#view.startWriting();
    }

    #edit(room, entry) {
        this.#open(room, entry, entry.item.text);
        this.#view.startWriting();
    }

    #open(room, entry, text) {
        room.editing = { entry, text, finish: (written) => this.#finish(room, entry, written) };
    }

    #tell(room, sentence) {
        this.#chat.note(room, sentence);
        const { number } = this.#chat.news;
        this.#chat.news = { number: number + 1, words: sentence };
    }

    async #finish(room, entry, text) {
        if (text === '') {
            if (await this.#delete(room, entry)) room.editing = null;
        } else {
            if (text !== entry.item?.text) this.#changes.edit(room, entry, text);
            room.editing = null;
        }
        this.#view.startWriting();
    }

    async #delete(room, entry) {
        const agreed = await ask(words('delete.ask'), {
            agree: words('message.delete'), refuse: words('cancel'),
        });
        if (agreed) this.#changes.remove(room, entry);
        return agreed;
    }

    async #copy(room, entry) {
        try {
            await navigator.clipboard.writeText(entry.item?.text ?? entry.text);
            this.#tell(room, words('copy.text'));
        } catch {
            this.#view.say(words('copy.refused'));
        }
    }
}
