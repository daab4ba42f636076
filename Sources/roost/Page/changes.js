// What this user does to messages: editions, deletions and reactions. Each shows at once, is sent
// again after a lost connection until the server has answered, and is undone if that refuses.

import { CommandError, Disconnected } from './commands.js';
import { asWished } from './entries.js';
import { words } from './language.js';
import { sameName } from './names.js';
import { wordsForError } from './words.js';

const standardRest = 2_000;

export class Changes {
    // In the order in which they are sent: {room, epoch, command, fields, answer}, and the fields
    // of the change as the server will push it.
    #wishes = [];
    #chat;
    #events;
    #busy = false;

    // `events`: changed(), and refused(sentence, wish).
    constructor(chat, events) {
        this.#chat = chat;
        this.#events = events;
    }

    // The wishes that leaving this room, or every room, would discard.
    waiting(room) {
        return this.#wishes.filter((wish) => !room || wish.room === room);
    }

    forget(room) {
        for (const wish of this.waiting(room)) this.#end(wish);
    }

    edit(room, entry, text) {
        this.#wish(room, entry, 'edit', { type: 'edited', text }, { text });
    }

    remove(room, entry) {
        this.#wish(room, entry, 'delete', { type: 'deleted' }, {});
    }

    // The same emoji again takes the reaction back.
    react(room, entry, emoji) {
        const { reactions = {} } = asWished(entry, room.wishes);
        const isMine = (reactions[emoji] ?? []).some((name) => sameName(name, this.#chat.me));
        const next = isMine ? null : emoji;
        this.#wish(room, entry, 'react', { type: 'reaction', emoji: next }, { emoji: next });
    }

    // Called whenever anything has changed: what was lost with a connection goes out again.
    render() {
        for (const wish of [...this.#wishes]) {
            const { room, answer } = wish;
            if (answer <= room.position) this.#end(wish);
            else if (!this.#isPossible(wish)) this.#refuse(wish, words('change.lost'));
        }
        this.#pump();
    }

    // The place of the message may be that of another one, or this user another person, after
    // something was lost.
    #isPossible({ room, epoch, user }) {
        const { me, rooms } = this.#chat;
        return rooms.get(room.key) === room && room.epoch === epoch && sameName(user, me);
    }

    #wish(room, entry, command, change, fields) {
        const { offset: target } = entry;
        const user = this.#chat.me;
        const { epoch } = room;
        const wish = { room, epoch, entry, target, user, offset: Infinity, command, fields };
        this.#wishes.push(Object.assign(wish, change));
        room.wishes.set(target, [...(room.wishes.get(target) ?? []), wish]);
        this.#redraw(wish);
        this.#pump();
    }

    async #pump() {
        const wish = this.#wishes.find(
            ({ room, answer }) => room.state === 'joined' && answer === undefined);
        if (this.#busy || !wish) return;
        this.#busy = true;
        try {
            const { room, command, target, fields } = wish;
            const { offset } = await room.link.command(command, { offset: target, ...fields });
            wish.answer = offset; // the push with this offset is here, or comes next
        } catch (error) {
            if (error instanceof CommandError) await this.#failed(wish, error);
            else if (!(error instanceof Disconnected)) throw error;
        } finally {
            this.#busy = false;
        }
        this.#events.changed();
    }

    async #failed(wish, error) {
        if (error.code === 'unavailable') {
            // Nobody knows whether it was done: done twice it is the same.
            const rest = error.retryAfter ?? standardRest;
            await new Promise((resolve) => setTimeout(resolve, rest));
        } else if (wish.command === 'delete' && error.code === 'not_found') {
            this.#end(wish); // it was deleted already
        } else {
            this.#refuse(wish, wordsForError(error));
        }
    }

    #refuse(wish, problem) {
        this.#end(wish);
        this.#events.refused(words(`change.${wish.command}`, { problem }), wish);
    }

    #end(wish) {
        const { room, target } = wish;
        this.#wishes = this.#wishes.filter((other) => other !== wish);
        const rest = room.wishes.get(target)?.filter((other) => other !== wish) ?? [];
        if (rest.length > 0) room.wishes.set(target, rest);
        else room.wishes.delete(target);
        this.#redraw(wish);
    }

    // The rows of the message, and of the messages that quote it, are made anew.
    #redraw({ room, target }) {
        for (const entry of room.entries) {
            if (entry.offset === target || entry.reply === target) delete entry.item;
        }
        this.#events.changed();
    }
}
