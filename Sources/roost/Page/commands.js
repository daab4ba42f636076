// Commands and their replies: each command carries a `ref`. The reply with the same `ref` resolves
// its promise; an error, or a lost connection, rejects it.

/** The server has refused a command. `message` is the server's sentence for people. */
export class CommandError extends Error {
    /** @param {{code: string, text: string, retry_after_ms?: number}} reply */
    constructor(reply) {
        super(reply.text);
        this.name = 'CommandError';
        /** The code in the protocol's table of errors, such as `rate_limited`. */
        this.code = reply.code;
        /** After how many milliseconds to try again, if the server has said it. */
        this.retryAfter = reply.retry_after_ms;
    }
}

/** There is no connection, or it was lost before the answer came: the command may have been carried
 * out, or not. */
export class Disconnected extends Error {
    constructor(message = 'There is no connection to the chat server.') {
        super(message);
        this.name = 'Disconnected';
    }
}

const shortestRetry = 250;
const longestRetry = 20_000;

// How long an answer may take before the line counts as dead. One WebSocket message shows only when
// all of it has come, and a page of messages takes its time on a slow line.
const patience = 5_000;
const longPatience = 15_000;
const longAnswers = new Set(['login', 'join', 'history', 'account']);

export class Commands {
    #connection;
    #waiting = new Map();
    #last = 0;
    #generation = 0; // counts connections: a retry is dropped if its connection has been lost
    #slowest = 0; // the longest of the last answers, in milliseconds

    constructor(connection) {
        this.#connection = connection;
    }

    // Sends a command and returns its reply. If the server's rate limit refuses it, sends it again
    // after the time that the server asks for. A longer time means a room that is full of this
    // network's messages: the user must know.
    async request(command) {
        const generation = this.#generation;
        for (;;) {
            try {
                return await this.#once(command);
            } catch (error) {
                if (!(error instanceof CommandError) || error.code !== 'rate_limited') throw error;
                const wait = error.retryAfter ?? 1000;
                if (wait > longestRetry) throw error;
                await pause(Math.max(shortestRetry, wait));
                if (generation !== this.#generation) throw new Disconnected();
            }
        }
    }

    // For commands without a reply.
    tell(command) {
        this.#connection.send(command);
    }

    // Tests the connection: any answer will do, even an error. An empty page of history is the
    // cheapest one for the server.
    probe(room) {
        const question = { type: 'history', room, before: 1, limit: 0 };
        if (this.#waiting.size === 0) this.#once(question, patience).catch(() => {});
        this.#connection.expect(patience);
    }

    // True if `reply` is the reply to a waiting command.
    settle(reply) {
        const asked = this.#waiting.get(reply.ref);
        if (asked) {
            this.#waiting.delete(reply.ref);
            this.#slowest = Math.max(performance.now() - asked.at, this.#slowest * 0.9);
            if (reply.type === 'error') asked.reject(new CommandError(reply));
            else asked.resolve(reply);
        }
        // Any message shows that the connection works, but the next reply must still come in time.
        this.#expectNext();
        return Boolean(asked);
    }

    abandon() {
        this.#generation += 1;
        this.#slowest = 0;
        const broken = [...this.#waiting.values()];
        this.#waiting.clear();
        for (const asked of broken) asked.reject(new Disconnected());
    }

    #once(command, within) {
        return new Promise((resolve, reject) => {
            const ref = String((this.#last += 1));
            if (!this.#connection.send({ ...command, ref })) {
                reject(new Disconnected());
                return;
            }
            const time = within ?? (longAnswers.has(command.type) ? longPatience : patience);
            this.#waiting.set(ref, { resolve, reject, within: time, at: performance.now() });
            this.#expectNext();
        });
    }

    // Replies come in the order of the commands, so the oldest command says how long to wait. Where
    // answers have taken seconds, the line is slow and not dead.
    #expectNext() {
        for (const { within } of this.#waiting.values()) {
            this.#connection.expect(Math.max(within, Math.min(longPatience, this.#slowest * 4)));
            return;
        }
    }
}

function pause(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
