// What a client does after each close code: whether it reconnects, and after how long.

const second = 1000;
const longestDelay = 30 * second;

// Exponential with jitter, so that not all clients reconnect to a restarted server at once.
export function backoff(attempt, random = Math.random) {
    const ceiling = Math.min(longestDelay, second * 2 ** Math.min(attempt, 10));
    return ceiling / 2 + (random() * ceiling) / 2;
}

// Takes the time to wait from a reason like "Too many connections, try again in 10 seconds."
function secondsIn(reason, otherwise) {
    const found = /(\d{1,4})\s*s/.exec(reason);
    return (found ? Number(found[1]) : otherwise) * second;
}

// `attempt` counts the attempts since the last stable connection. Returns
// {retry: true, delay: ms} or {retry: false, again: whether the user may retry by hand}.
export function advice(code, reason, attempt, random = Math.random) {
    const after = (delay) => ({ retry: true, delay });
    switch (code) {
        case 1001: // The server is stopping: spread the reconnects of its clients.
            return after(second + random() * 4 * second);
        case 1012: // Restarted: reconnect at once.
        case 4001: // Fell behind: resume from history at once.
            return after(attempt === 0 ? 0 : backoff(attempt, random));
        case 1013: // Overload.
            return after(secondsIn(reason, 10) + random() * 2 * second);
        case 4002: // Flooding.
            return after(secondsIn(reason, 15) + random() * 5 * second);
        case 1002: // The same bytes would fail again.
        case 1003:
        case 1007:
        case 1008: // Policy.
        case 4003: // Kicked, or banned: the user decides.
        case 4004:
        case 4005: // Signed out in another tab, so nobody may log in by itself.
            return { retry: false, again: true };
        default: // 1000, 1006, 1009, 1011 and codes of the future.
            return after(backoff(attempt, random));
    }
}
