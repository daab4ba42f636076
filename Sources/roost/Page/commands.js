// Commands and their replies: each command carries a `ref`, and its promise is kept by the reply
// that brings the `ref` back, refused by an error, and broken when the connection goes.

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
    #generation = 0; // of the connection: what waits to be repeated dies with it

    constructor(connection) {
        this.#connection = connection;
    }

    // Being told to slow down is no failure: the same command goes out again when it may.
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

    // Whether `reply` answered a command of ours.
    settle(reply) {
        const promise = this.#waiting.get(reply.ref);
        if (promise) {
            this.#waiting.delete(reply.ref);
            if (reply.type === 'error') promise.reject(new CommandError(reply));
            else promise.resolve(reply);
        }
        // A push is a sign of life, but the next reply still has to come in time.
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
