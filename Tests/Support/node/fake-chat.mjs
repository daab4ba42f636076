// A chat server inside the test: a class like the browser's WebSocket, whose other end is a room's
// log in memory. A test can take an answer over, cut the line, and look at what was sent.

import { readFileSync } from 'node:fs';

const path = new URL('../../../Sources/roost/Page/built/roost.js', import.meta.url);

// Node takes a file that ends in .js for another kind of module.
export const client = await import(
    `data:text/javascript,${encodeURIComponent(readFileSync(path, 'utf8'))}`);

const { keyOf } = client;

export class FakeChat {
    log = []; // entries of the room "lobby"
    epoch = 'e1';
    sockets = [];
    sent = []; // the commands of all connections
    answers = new Map(); // type → function of the command that returns a reply, or nothing
    kept = 0; // offsets up to this one are forgotten
    page = 200;

    constructor() {
        const chat = this;
        this.WebSocket = class {
            constructor(address, protocol) {
                Object.assign(this, { address, protocol });
                chat.sockets.push(this);
                queueMicrotask(() => this.onopen?.());
            }

            send(text) {
                const command = JSON.parse(text);
                chat.sent.push(command);
                const reply = chat.answer(command);
                if (reply) queueMicrotask(() => this.say({ ref: command.ref, ...reply }));
            }

            say(object) {
                this.onmessage?.({ data: JSON.stringify(object) });
            }

            close(code) {
                this.closedWith = code;
            }
        };
    }

    get line() {
        return this.sockets.at(-1);
    }

    // The commands of this type that were sent.
    of(type) {
        return this.sent.filter((command) => command.type === type);
    }

    push(object) {
        this.line.say(object);
    }

    cut(code = 1012, reason = '') {
        this.line.onclose?.({ code, reason });
    }

    // An entry of the log; it is pushed unless `silent`.
    add(fields, silent = false) {
        const entry = {
            type: 'message', room: 'lobby', user: 'bob', offset: this.log.length + 1,
            text: `${this.log.length + 1}`, at: '2026-11-29T12:00:00.000Z', ...fields,
        };
        this.log.push(entry);
        if (!silent) this.push(entry);
        return entry;
    }

    after(offset) {
        return this.log.slice(Math.max(offset, this.kept));
    }

    answer(command) {
        const taken = this.answers.get(command.type)?.(command);
        if (taken !== undefined) return taken;
        const place = { epoch: this.epoch, offset: this.log.length };
        if (command.type === 'login') {
            return {
                type: 'welcome', user: command.user, session: 's1', account: false,
                capabilities: [], limits: { text: 4000 }, timing: { typing: 3000 },
            };
        }
        if (command.type === 'join') {
            const { room, since, limit } = command;
            if (keyOf(room) !== 'lobby') {
                return { type: 'joined', room, ...since, recovered: true, messages: [] };
            }
            const recovered = since?.epoch === this.epoch && since.offset >= this.kept;
            const all = recovered ? this.after(since.offset) : this.after(0);
            const size = Math.min(limit, this.page);
            const messages = recovered ? all.slice(0, size) : all.slice(all.length - size);
            const more = messages.length < all.length;
            return { type: 'joined', room: 'lobby', ...place, recovered, messages, more, count: 1 };
        }
        if (command.type === 'history') {
            const messages = this.after(command.after).slice(0, this.page);
            const more = this.after(command.after).length > messages.length;
            return { type: 'history', room: 'lobby', ...place, messages, more };
        }
        if (command.type === 'message') {
            const same = this.log.find(({ id }) => id === command.id);
            const entry = same ?? this.add({ user: 'ann', text: command.text, id: command.id });
            return { type: 'ok', offset: entry.offset, epoch: this.epoch };
        }
        return command.type === 'typing' ? null : { type: 'ok' };
    }
}

// Resolves with the next event of this name.
export const next = (source, name) => new Promise((resolve) => {
    const off = source.on(name, (event) => {
        off();
        resolve(event);
    });
});
