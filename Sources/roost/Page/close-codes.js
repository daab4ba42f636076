// What each close code asks of a client: come back or not, and after how long.

const second = 1000;
const longestDelay = 30 * second;

// Exponential with jitter, so that a server that comes back is not met by everyone at once.
export function backoff(attempt, random = Math.random) {
    const ceiling = Math.min(longestDelay, second * 2 ** Math.min(attempt, 10));
    return ceiling / 2 + (random() * ceiling) / 2;
}

// A reason like "Too many connections, try again in 10 seconds." names the wait.
function secondsIn(reason, otherwise) {
    const found = /(\d{1,4})\s*s/.exec(reason);
    return (found ? Number(found[1]) : otherwise) * second;
}

// `attempt` counts the tries since the connection last held. The answer is
// {retry: true, delay: ms} or {retry: false, again: whether a person may try by hand}.
export function advice(code, reason, attempt, random = Math.random) {
    const after = (delay) => ({ retry: true, delay });
    switch (code) {
        case 1001: // The server is stopping: spread the return of all its clients.
            return after(second + random() * 4 * second);
        case 1012: // Restarted: the place is kept, so at once.
        case 4001: // Fell behind: resume from history at once.
            return after(attempt === 0 ? 0 : backoff(attempt, random));
        case 1013: // Overload.
            return after(secondsIn(reason, 10) + random() * 2 * second);
        case 4002: // Flooding.
            return after(secondsIn(reason, 15) + random() * 5 * second);
        case 1002: // The same bytes would meet the same answer.
        case 1003:
        case 1007:
        case 1008: // Policy.
        case 4003: // Kicked: a person decides.
            return { retry: false, again: true };
        case 4004: // Banned.
            return { retry: false, again: false };
        default: // 1000, 1006, 1009, 1011 and what the future brings.
            return after(backoff(attempt, random));
    }
}
