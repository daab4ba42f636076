// The sentences for the user when the server refuses something or the connection is lost.

// The server's own sentence is best: it knows the limit, the reason, the time. Only its sentences
// for programmers are replaced.
const forProgrammers = new Set(['bad_json', 'bad_request', 'unknown_type', 'not_logged_in']);
const misunderstood = 'This page and the server did not understand each other. Load the page anew.';

export function wordsForError(error) {
    if (forProgrammers.has(error.code) || !error.message) return misunderstood;
    return error.message;
}

const closeWords = {
    1001: 'The server is stopping.',
    1006: 'Connection lost.',
    1008: 'The server closed the connection.',
    1011: 'The server ran into a fault.',
    1012: 'The server is restarting.',
    1013: 'The server is full at the moment.',
    4001: 'This connection fell behind.',
    4002: 'That was too much at once.',
    4003: 'You were sent out.',
    4004: 'You are banned.',
};

// `online` is the browser's view of the network.
export function wordsForState(state, online) {
    // The server says what is full: all of it, or this network's share.
    const isFull = state.code === 1013 && state.reason;
    const cause = isFull ? state.reason : closeWords[state.code] ?? 'Connection lost.';
    switch (state.phase) {
        case 'connecting':
            return state.attempt > 0 ? 'Reconnecting…' : 'Connecting…';
        case 'open':
            return 'Connected';
        case 'waiting':
            return online || isFull ? cause : 'You are offline.';
        case 'stopped':
            return state.reason || cause;
        default:
            return '';
    }
}
