// Messages that are not yet in their room. They are sent one at a time and in order, each with an
// id that makes a retry harmless. They survive a lost connection and, with a store, a reload of the
// page and the loss of the name: nobody but the user discards them then.

import { CommandError, Disconnected } from './commands.js';
import { keyOf, randomID, sameName } from './names.js';

const standardRest = 2_000;
const sendsIn = new Set(['joined', 'new']); // states of a room

export class Outbox {
    // {id, user, name, room, place, text, fields, at, state, problem}: `user` and `room` are keys,
    // `name` and `place` how they are spelled. The state is 'waiting' | 'sending' | 'sent' |
    // 'failed'.
    items = [];
    #me = '';
    #commands;
    #roomOf;
    #store;
    #events;
    #promised = new Map(); // id → {resolve, reject}
    #busy = false;
    #resting = 0; // a timer: the server cannot keep messages just now

    // `roomOf(key)`: a joined room's {state, name, place, to}. `store`: {load(), save(items)}, or
    // undefined. `events`: changed(), and ended(item, error) when a message has arrived, or, with
    // an error, was refused.
    constructor(commands, roomOf, store, events) {
        this.#commands = commands;
        this.#roomOf = roomOf;
        this.#store = store;
        this.#events = events;
        this.items = store?.load() ?? [];
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

    // Returns a promise of the message's place. `fields` are further fields of the command.
    add(room, text, { id = randomID(), ...fields } = {}) {
        const at = new Date().toISOString();
        return new Promise((resolve, reject) => {
            this.#promised.set(id, { resolve, reject });
            this.items.push({
                id, user: keyOf(this.#me), name: this.#me, room: room.key, place: room.name, text,
                fields, at, state: 'waiting',
            });
            this.#keep();
            this.pump();
        });
    }

    // A held message is sent under the present name then.
    retry(item) {
        if (this.isHeld(item)) Object.assign(item, { user: keyOf(this.#me), name: this.#me });
        item.state = 'waiting';
        this.#keep();
        this.pump();
    }

    discard(item, error = new Disconnected('The message was discarded.')) {
        this.items = this.items.filter((other) => other !== item);
        this.#promised.get(item.id)?.reject(error);
        this.#promised.delete(item.id);
        this.#keep();
    }

    // The user has left the room, or has signed out, and has agreed that its messages go.
    forget(room) {
        for (const item of room ? this.of(room) : this.items) this.discard(item);
    }

    // The room is closed to this user, or, without a room, nobody wants a connection any more. With
    // a store the messages wait for better times.
    giveUp(room, error) {
        if (this.#store) return;
        for (const item of room ? this.of(room) : this.items) this.discard(item, error);
        clearTimeout(this.#resting);
        this.#resting = 0;
    }

    // The server spells the room in another way, so that it has another key.
    move(from, room) {
        for (const item of this.items) {
            if (item.room === from) Object.assign(item, { room: room.key, place: room.name });
        }
    }

    // The room has published the message, so it has arrived even if the reply was lost.
    arrived(id, place) {
        this.#answered(id, place);
        const item = this.items.find((candidate) => candidate.id === id);
        if (item) this.#arrived(item);
    }

    #answered(id, place) {
        this.#promised.get(id)?.resolve(place);
        this.#promised.delete(id);
    }

    #arrived(item) {
        this.#events.ended(item, null);
        this.discard(item);
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
                && sendsIn.has(this.#roomOf(candidate.room)?.state));
        if (!item) return;
        this.#busy = true;
        await this.#send(item, this.#roomOf(item.room));
        this.#busy = false;
        this.#keep();
        if (item.state !== 'waiting') this.pump();
    }

    async #send(item, room) {
        item.state = 'sending';
        this.#events.changed();
        try {
            const { name, to } = room;
            const { id, text, fields } = item;
            // `direct` also reaches somebody who has closed the conversation, or never had it.
            const where = to ? { type: 'direct', to } : { type: 'message', room: name };
            const command = { ...fields, ...where, text, id };
            const { offset, epoch } = await this.#commands.request(command);
            item.state = 'sent';
            this.#answered(id, { offset, epoch });
            // The message's push came before this reply, or will come right after it.
            if (offset <= room.place?.offset && this.items.includes(item)) this.#arrived(item);
        } catch (error) {
            if (error instanceof Disconnected) {
                item.state = 'waiting';
            } else if (error.code === 'unavailable') {
                // It is not known whether the message will appear: the same one is sent again.
                item.state = 'waiting';
                this.#rest(error.retryAfter ?? standardRest);
            } else {
                this.#failed(item, error);
                if (!(error instanceof CommandError)) console.error(error);
            }
        }
    }

    #failed(item, error) {
        item.state = 'failed';
        item.problem = error.message;
        this.#events.ended(item, error);
        this.#promised.get(item.id)?.reject(error);
        this.#promised.delete(item.id);
        if (!this.#store) this.discard(item);
    }

    #rest(milliseconds) {
        this.#resting = setTimeout(() => {
            this.#resting = 0;
            this.pump();
        }, milliseconds * (1 + Math.random() / 4));
    }

    #keep() {
        this.#store?.save(this.items);
        this.#events.changed();
    }
}
