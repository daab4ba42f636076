// The sentences for the user when the server refuses something or the connection is lost.

// The server's own sentence is best: it knows the limit, the reason, the time. Only its sentences
// for programmers are replaced; what is wrong with a text is for the one who wrote it.
const forProgrammers = new Set(['bad_json', 'bad_request', 'unknown_type', 'not_logged_in']);
const misunderstood = 'This page and the server did not understand each other. Load the page anew.';

export function wordsForError(error) {
    const aboutText = error.code === 'bad_request' && error.message.startsWith('The text ');
    if (!error.message || (forProgrammers.has(error.code) && !aboutText)) return misunderstood;
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
    const cause = closeWords[state.code] ?? 'Connection lost.';
    switch (state.phase) {
        case 'connecting':
            return state.attempt > 0 ? 'Reconnecting…' : 'Connecting…';
        case 'open':
            return 'Connected';
        case 'waiting':
            return online ? cause : 'You are offline.';
        case 'stopped':
            return state.reason || cause;
        default:
            return '';
    }
}
