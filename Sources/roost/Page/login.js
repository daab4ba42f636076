// Logging in after each connect, with the session that proves the name.

import { CommandError, Disconnected } from './commands.js';
import { wordsForError } from './words.js';

// How long another tab may take to store the session that a restarted server gave it.
const otherTabTakes = 1_500;

// The server's sentence about a name that is not allowed ends with an allowed one: Try "mary_ann".
function suggestionIn({ code, message }) {
    return code === 'bad_name' ? /Try "([^"\s]{1,64})"\.$/u.exec(message)?.[1] ?? '' : '';
}

export class Login {
    #commands;
    #record;
    #events;
    #attempt = 0;
    #session = ''; // that of the last welcome
    #password; // for the next login only: after that there is a session

    // `events`: welcomed(welcome, restarted), where `restarted` means that the server has forgotten
    // the session that this page had; refused(problem, suggestion, code).
    constructor(commands, record, events) {
        this.#commands = commands;
        this.#record = record;
        this.#events = events;
    }

    usePassword(password) {
        this.#password = password || undefined;
    }

    async begin(user) {
        this.#attempt += 1;
        const attempt = this.#attempt;
        for (;;) {
            const { session } = this.#record;
            try {
                const password = this.#password;
                const command = { type: 'login', user, session, password, join: false };
                this.#welcomed(await this.#commands.request(command));
                return;
            } catch (error) {
                if (error instanceof Disconnected) return;
                if (!(error instanceof CommandError)) throw error;
                const again = await this.#hasOtherSession(error, session, attempt);
                if (attempt !== this.#attempt) return;
                if (again) continue;
                this.#password = undefined;
                this.#events.refused(wordsForError(error), suggestionIn(error), error.code);
                return;
            }
        }
    }

    // The connection is lost, or nobody wants to log in any more.
    abandon() {
        this.#attempt += 1;
    }

    #welcomed(welcome) {
        const restarted = this.#session !== '' && this.#session !== welcome.session;
        this.#session = welcome.session;
        this.#password = undefined;
        this.#record.keepSession(welcome.user, welcome.session);
        this.#events.welcomed(welcome, restarted);
    }

    // After a restart of the server, the first tab that comes back gets a new session, and the
    // others must use it. A token that the server cannot check is forgotten.
    async #hasOtherSession({ code }, session, attempt) {
        if (!session) return false;
        if (code === 'bad_token') {
            this.#record.session = undefined;
            return true;
        }
        const end = performance.now() + otherTabTakes;
        while (code === 'name_taken' && attempt === this.#attempt && performance.now() < end) {
            const stored = this.#record.storedSession;
            if (stored && stored !== session) {
                this.#record.session = stored;
                return true;
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return false;
    }
}
