// The session that proves a user's name, kept in a storage with the methods of the browser's
// `localStorage`, or in memory only.

import { keyOf } from './names.js';

export class Sessions {
    session;
    #storage;
    #key = '';

    constructor(storage) {
        this.#storage = storage;
    }

    load(user) {
        this.#key = `roost.session.${keyOf(user)}`;
        this.session = this.storedSession;
    }

    // Another program with the same storage may have a newer session than this one.
    get storedSession() {
        return this.#storage?.getItem(this.#key) ?? undefined;
    }

    // The server has confirmed the name, perhaps in another spelling.
    keepSession(user, session) {
        this.#key = `roost.session.${keyOf(user)}`;
        this.session = session;
        this.#storage?.setItem(this.#key, session);
    }

    // The server has ended the session.
    ended() {
        if (this.session === this.storedSession) this.#storage?.removeItem(this.#key);
        this.session = undefined;
    }
}
