// Messages that are not yet in their room. They are sent one at a time and in order, each with an
// id that makes a retry harmless. They survive a lost connection, a reload of the page, and the
// loss of the name: nobody but the user discards them.

import { CommandError, Disconnected } from './commands.js';
import { keyOf, randomID, sameName } from './names.js';
import { setUnsent, unsent } from './storage.js';
import { wordsForError } from './words.js';

const standardRest = 2_000;

export class Outbox {
    // {id, user, name, room, place, text, at, state, problem}: `user` and `room` are keys, `name`
    // and `place` how they are spelled. The state is 'waiting' | 'sending' | 'sent' | 'failed'.
    items = [];
    news = { number: 0, words: '' }; // what became of the last message
    #me = '';
    #commands;
    #rooms;
    #changed;
    #busy = false;
    #resting = 0; // a timer: the server cannot keep messages just now

    constructor(commands, rooms, changed) {
        this.#commands = commands;
        this.#rooms = rooms;
        this.#changed = changed;
        this.#load();
    }

    // Messages that were unsent before a reload of the page.
    #load() {
        this.items = unsent();
        for (const item of this.items) if (item.state !== 'failed') item.state = 'waiting';
    }

    // The user has logged in with this name. Messages written under another one are held until the
    // user says what shall become of them.
    enter(me) {
        this.#me = me;
    }

    isHeld(item) {
        return !sameName(item.user, this.#me);
    }

    of(room) {
        return this.items.filter((item) => item.room === room.key);
    }

    // All messages that leaving this room, or every room, would discard.
    unsent(room) {
        return this.items.filter(
            (item) => item.state !== 'sent' && (!room || item.room === room.key));
    }

    // The rooms in which messages wait.
    get places() {
        return this.items.map((item) => item.place ?? item.room);
    }

    add(room, text) {
        const at = new Date().toISOString();
        this.items.push({
            id: randomID(), user: keyOf(this.#me), name: this.#me, room: room.key,
            place: room.name, text, at, state: 'waiting',
        });
        this.#keep();
        this.pump();
    }

    // A held message is sent under the present name then.
    retry(item) {
        if (this.isHeld(item)) Object.assign(item, { user: keyOf(this.#me), name: this.#me });
        item.state = 'waiting';
        this.#keep();
        this.pump();
    }

    discard(item) {
        this.items = this.items.filter((other) => other !== item);
        this.#keep();
    }

    // The user has left the room, or has signed out, and has agreed that its messages go.
    forget(room) {
        this.items = room ? this.items.filter((item) => item.room !== room.key) : [];
        this.#keep();
    }

    // The server spells the room in another way, so that it has another key.
    move(from, room) {
        for (const item of this.items) {
            if (item.room === from) Object.assign(item, { room: room.key, place: room.name });
        }
    }

    // The room has published the message, so it has arrived even if the reply was lost.
    arrived(id) {
        const item = this.items.find((candidate) => candidate.id === id);
        if (item) this.#arrived(item);
    }

    #arrived(item) {
        this.#say('Message sent.');
        this.discard(item);
    }

    #say(words) {
        this.news = { number: this.news.number + 1, words };
    }

    // The room starts over: the push of an accepted message will not come any more.
    settle(room) {
        const accepted = this.of(room).filter(({ state }) => state === 'sent');
        for (const item of accepted) this.discard(item);
        return accepted;
    }

    async pump() {
        if (this.#busy || this.#resting) return;
        const item = this.items.find((candidate) =>
            candidate.state === 'waiting' && !this.isHeld(candidate)
                && this.#rooms.get(candidate.room)?.state === 'joined');
        if (!item) return;
        this.#busy = true;
        await this.#send(item, this.#rooms.get(item.room));
        this.#busy = false;
        this.#keep();
        if (item.state !== 'waiting') this.pump();
    }

    async #send(item, room) {
        item.state = 'sending';
        this.#changed();
        try {
            const { name } = room;
            const { id, text } = item;
            const reply = await this.#commands.request({ type: 'message', room: name, text, id });
            item.state = 'sent';
            // The message's push came before this reply, or will come right after it.
            if (reply.offset <= room.position && this.items.includes(item)) this.#arrived(item);
        } catch (error) {
            if (error instanceof Disconnected) {
                item.state = 'waiting';
            } else if (error.code === 'unavailable') {
                // It is not known whether the message will appear: the same one is sent again.
                item.state = 'waiting';
                this.#rest(error.retryAfter ?? standardRest);
            } else {
                item.state = 'failed';
                item.problem = wordsForError(error);
                this.#say(`Not sent. ${item.problem}`);
                if (!(error instanceof CommandError)) console.error(error);
            }
        }
    }

    #rest(milliseconds) {
        this.#resting = setTimeout(() => {
            this.#resting = 0;
            this.pump();
        }, milliseconds * (1 + Math.random() / 4));
    }

    #keep() {
        setUnsent(this.items);
        this.#changed();
    }
}
