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
    4005: 'You have signed out in another tab or window.',
};

export const wordsForUnsent = (count) =>
    (count === 1 ? 'One message is not sent yet.' : `${count} messages are not sent yet.`);

// `doing` is what would discard them, like "Signing out".
export const wordsForLoss = (count, doing) =>
    `${wordsForUnsent(count)} ${doing} discards ${count === 1 ? 'it' : 'them'}.`;

export const wordsForSession = closeWords[4005];

// `state` is the connection's, `online` the browser's view of the network.
export function wordsForState(state, online) {
    // The server says what is full: all of it, or this network's share.
    const isFull = state.code === 1013 && state.reason;
    const cause = isFull ? state.reason : closeWords[state.code] ?? 'Connection lost.';
    switch (state.phase) {
        case 'connecting':
            return state.attempt > 0 ? 'Reconnecting…' : 'Connecting…';
        case 'open':
            return state.doubt ? 'The server has not answered yet…' : 'Connected';
        case 'waiting':
            return online || isFull ? cause : 'You are offline.';
        case 'stopped':
            return state.reason || cause;
        default:
            return '';
    }
}
