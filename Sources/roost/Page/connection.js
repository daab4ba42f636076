// A WebSocket that reconnects: it notices a dead connection, and retries according to the close
// code. It knows nothing about the chat, which logs in and resumes on each `opened`.

import { advice, backoff } from './close-codes.js';
import { isOnline, isShown, watchSurroundings } from './surroundings.js';

const connectDeadline = 10_000;
const answerDeadline = 5_000;
const doubtAfter = 2_000;
const offlineDeadline = 3_000;
const stableAfter = 5_000;
// A connection that was silent for this long is probed, while somebody looks at the page.
const silenceLimit = 30_000;
const silenceCheckedEvery = 10_000;
// Before somebody who begins to write has finished, a shorter silence is checked, too.
const silenceBeforeWriting = 5_000;

// Beside the page, so that a proxy may serve both below a path of its own.
export function chatAddress(location) {
    const address = new URL('chat', location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    return address.href;
}

export class Connection {
    /** @type {State} */
    state = { phase: 'idle' };
    #makeSocket;
    #events;
    /** @type {any} */
    #socket = null;
    #attempt = 0;
    #retryTimer = 0;
    #stableTimer = 0;
    #deadline = 0;
    #deadlineAt = Infinity;
    #doubtTimer = 0;
    #lastReceived = 0;
    /** @type {(() => void) | null} */
    #endWatch = null;

    // `makeSocket()` returns a new WebSocket. `events`: opened(), received(object),
    // closed(code, reason), changed(), probe().
    constructor(makeSocket, events) {
        this.#makeSocket = makeSocket;
        this.#events = events;
    }

    open() {
        if (this.state.phase === 'connecting' || this.state.phase === 'open') return;
        this.#attempt = 0;
        this.#connect();
    }

    retryNow() {
        if (this.state.phase === 'waiting' || this.state.phase === 'stopped') this.#connect();
    }

    close() {
        this.#letGo(1000);
        this.#enter({ phase: 'idle' });
    }

    // The server has no time for this client now: another connection is made later.
    retryAfter(milliseconds, reason) {
        this.#letGo(1000);
        this.#wait(milliseconds, 1013, reason);
        this.#events.closed(1013, reason);
    }

    send(object) {
        if (this.state.phase !== 'open') return false;
        this.#socket.send(JSON.stringify(object));
        return true;
    }

    // If nothing arrives within this time, the connection counts as lost, whatever TCP says. Of
    // several deadlines, the earliest counts.
    expect(milliseconds = answerDeadline) {
        if (this.state.phase !== 'open') return;
        const at = performance.now() + milliseconds;
        if (at >= this.#deadlineAt) return;
        clearTimeout(this.#deadline);
        this.#deadlineAt = at;
        this.#deadline = setTimeout(() => this.#lost(1006, 'No answer.'), milliseconds);
        this.#doubtTimer ||= setTimeout(() => this.#doubt(), doubtAfter);
    }

    // Somebody begins to write: a dead line should show before the message is written.
    expectWriting() {
        this.#probeAfter(silenceBeforeWriting);
    }

    #probeAfter(silence) {
        const isSilent = performance.now() - this.#lastReceived >= silence;
        if (this.state.phase === 'open' && isSilent && !this.#deadline) this.#events.probe();
    }

    #doubt() {
        if (this.state.phase === 'open' && !this.state.doubt) {
            this.#enter({ phase: 'open', doubt: true });
        }
    }

    // A server on this machine can be reached without a network, so the browser's word is not the
    // last one.
    #wentOffline() {
        if (this.state.phase === 'open') {
            this.#events.probe();
            this.expect(offlineDeadline);
            this.#doubt();
        } else {
            this.#events.changed();
        }
    }

    #lookAgain() {
        if (this.state.phase === 'waiting') {
            if (isOnline() && this.state.code === 1006) this.#connect();
            else this.#events.changed();
        } else if (this.state.phase === 'open') {
            this.#events.probe();
        }
    }

    #connect() {
        this.#letGo();
        this.#enter({ phase: 'connecting', attempt: this.#attempt });
        let socket;
        try {
            socket = this.#makeSocket();
        } catch (error) {
            this.#enter({ phase: 'stopped', code: 0, reason: String(error), again: true });
            this.#events.closed(0, String(error));
            return;
        }
        this.#socket = socket;
        this.#deadline = setTimeout(() => this.#lost(1006, 'No answer.'), connectDeadline);
        socket.onopen = () => {
            this.#arrived();
            this.#stableTimer = setTimeout(() => (this.#attempt = 0), stableAfter);
            this.#enter({ phase: 'open' });
            this.#events.opened();
        };
        socket.onmessage = (event) => {
            this.#arrived();
            let object = null;
            try {
                object = JSON.parse(event.data);
            } catch {
                return;
            }
            if (object && typeof object.type === 'string') this.#events.received(object);
        };
        socket.onclose = (event) => this.#lost(event.code, event.reason);
        socket.onerror = () => {}; // what follows is a close; some implementations insist on it
    }

    #arrived() {
        this.#lastReceived = performance.now();
        clearTimeout(this.#deadline);
        clearTimeout(this.#doubtTimer);
        this.#deadline = this.#doubtTimer = 0;
        this.#deadlineAt = Infinity;
        if (this.state.doubt) this.#enter({ phase: 'open' });
    }

    #lost(code, reason) {
        const wasOpen = this.state.phase === 'open';
        this.#letGo();
        const next = advice(code, reason, this.#attempt);
        this.#attempt += 1;
        if (next.retry) {
            const delay = wasOpen || next.delay > 0 ? next.delay : backoff(this.#attempt);
            this.#wait(delay, code, reason);
        } else {
            this.#enter({ phase: 'stopped', code, reason, again: next.again });
        }
        this.#events.closed(code, reason);
    }

    #wait(delay, code, reason) {
        this.#retryTimer = setTimeout(() => this.#connect(), delay);
        this.#enter({ phase: 'waiting', retryAt: Date.now() + delay, code, reason });
    }

    // Drops the socket at once: on a dead connection its close event comes only after minutes.
    #letGo(code) {
        clearTimeout(this.#retryTimer);
        clearTimeout(this.#stableTimer);
        this.#arrived();
        const socket = this.#socket;
        this.#socket = null;
        if (!socket) return;
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close(code);
    }

    #enter(state) {
        this.state = state;
        if (state.phase === 'idle' || state.phase === 'stopped') this.#rest();
        else this.#endWatch ??= this.#watch();
        this.#events.changed();
    }

    // A connection that nobody wants any more leaves no timer behind: it would keep Node running.
    #rest() {
        this.#endWatch?.();
        this.#endWatch = null;
    }

    #watch() {
        const end = watchSurroundings(() => this.#lookAgain(), () => this.#wentOffline());
        const timer = setInterval(() => {
            if (isShown()) this.#probeAfter(silenceLimit);
        }, silenceCheckedEvery);
        return () => {
            end();
            clearInterval(timer);
        };
    }
}
