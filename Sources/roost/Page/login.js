// Logging in after each connect, with the session that proves the name.

import { CommandError, Disconnected } from './commands.js';

// How long another tab may take to store the session that a restarted server gave it.
const otherTabTakes = 1_500;

export class Login {
    #commands;
    #sessions;
    #events;
    #attempt = 0;
    #session = ''; // that of the last welcome
    #password;
    #keepsPassword = false;
    #token;
    #client; // what this program calls itself

    // `sessions`: session, storedSession, keepSession(user, session). `events`:
    // welcomed(welcome, restarted), where `restarted` means that the server has forgotten the
    // session that this client had; refused(error).
    constructor(commands, sessions, events, client) {
        this.#commands = commands;
        this.#sessions = sessions;
        this.#events = events;
        this.#client = client;
    }

    // The password is for the next login only, since after that there is a session, unless `keeps`:
    // a program may outlive its session.
    use({ password, keeps, token }) {
        this.#password = password || undefined;
        this.#keepsPassword = keeps === true;
        this.#token = token;
    }

    async begin(user) {
        this.#attempt += 1;
        const attempt = this.#attempt;
        for (;;) {
            const { session } = this.#sessions;
            try {
                const password = this.#password;
                const token = await this.#freshToken();
                if (attempt !== this.#attempt) return;
                const client = this.#client;
                const command = {
                    type: 'login', user, session, password, token, client, join: false,
                };
                this.#welcomed(await this.#commands.request(command));
                return;
            } catch (error) {
                if (error instanceof Disconnected) return;
                if (!(error instanceof CommandError)) throw error;
                const again = await this.#hasOtherSession(error, session, attempt);
                if (attempt !== this.#attempt) return;
                if (again) continue;
                if (!this.#keepsPassword) this.#password = undefined;
                this.#events.refused(error);
                return;
            }
        }
    }

    // A token may be a function that gets a fresh one.
    async #freshToken() {
        return typeof this.#token === 'function' ? this.#token() : this.#token;
    }

    // The connection is lost, or nobody wants to log in any more.
    abandon() {
        this.#attempt += 1;
    }

    #welcomed(welcome) {
        const restarted = this.#session !== '' && this.#session !== welcome.session;
        this.#session = welcome.session;
        if (!this.#keepsPassword) this.#password = undefined;
        this.#sessions.keepSession(welcome.user, welcome.session);
        this.#events.welcomed(welcome, restarted);
    }

    // After a restart of the server, the first tab that comes back gets a new session, and the
    // others must use it. A token that the server cannot check is forgotten.
    async #hasOtherSession({ code }, session, attempt) {
        if (!session) return false;
        if (code === 'bad_token' && this.#token === undefined) {
            this.#sessions.session = undefined;
            return true;
        }
        const end = performance.now() + otherTabTakes;
        while (code === 'name_taken' && attempt === this.#attempt && performance.now() < end) {
            const stored = this.#sessions.storedSession;
            if (stored && stored !== session) {
                this.#sessions.session = stored;
                return true;
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return false;
    }
}
