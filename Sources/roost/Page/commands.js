// Commands and their replies: each command carries a `ref`. The reply with the same `ref` resolves
// its promise; an error, or a lost connection, rejects it.

export class CommandError extends Error {
    constructor(reply) {
        super(reply.text);
        this.code = reply.code;
        this.retryAfter = reply.retry_after_ms;
    }
}

export class Disconnected extends Error {}

const shortestRetry = 250;
const longestRetry = 60_000;

export class Commands {
    #connection;
    #waiting = new Map();
    #last = 0;
    #generation = 0; // counts connections: a retry is dropped if its connection has been lost

    constructor(connection) {
        this.#connection = connection;
    }

    // Sends a command and returns its reply. If the server's rate limit refuses it, sends it again
    // after the time that the server asks for.
    async request(command) {
        const generation = this.#generation;
        for (;;) {
            try {
                return await this.#once(command);
            } catch (error) {
                if (!(error instanceof CommandError) || error.code !== 'rate_limited') throw error;
                const wait = error.retryAfter ?? 1000;
                await pause(Math.min(longestRetry, Math.max(shortestRetry, wait)));
                if (generation !== this.#generation) throw new Disconnected();
            }
        }
    }

    // For commands without a reply.
    tell(command) {
        this.#connection.send(command);
    }

    // True if `reply` is the reply to a waiting command.
    settle(reply) {
        const promise = this.#waiting.get(reply.ref);
        if (promise) {
            this.#waiting.delete(reply.ref);
            if (reply.type === 'error') promise.reject(new CommandError(reply));
            else promise.resolve(reply);
        }
        // Any message shows that the connection works, but the next reply must still come in time.
        if (this.#waiting.size > 0) this.#connection.expect();
        return Boolean(promise);
    }

    abandon() {
        this.#generation += 1;
        const broken = [...this.#waiting.values()];
        this.#waiting.clear();
        for (const promise of broken) promise.reject(new Disconnected());
    }

    #once(command) {
        return new Promise((resolve, reject) => {
            const ref = String((this.#last += 1));
            if (!this.#connection.send({ ...command, ref })) {
                reject(new Disconnected());
                return;
            }
            this.#waiting.set(ref, { resolve, reject });
            this.#connection.expect();
        });
    }
}

function pause(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
