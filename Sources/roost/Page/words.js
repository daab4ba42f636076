// What the person is told when the server says no, or when the line is gone.

const nameRule =
    'use letters, digits and _ - . only, starting with a letter or a digit';

const errorWords = {
    name_taken: 'Somebody here already has that name. Pick another one.',
    bad_token: 'The server did not accept your sign-in.',
    not_in_room: 'You are not in that room any more.',
    too_many_rooms: 'You are in as many rooms as the server allows. Leave one first.',
    muted: 'You are muted in this room for now.',
    banned: 'You are banned from this room.',
    forbidden: 'You may not do that here.',
    not_found: 'There is no such thing any more.',
    too_long: 'That message is too long.',
    unavailable: 'The server could not store it just now. Try again.',
    rate_limited: 'That was too fast. Wait a moment.',
};

export function wordsForError(error, subject) {
    if (error.code === 'bad_name') {
        const length = subject === 'room' ? 64 : 32;
        return `A name has 1 to ${length} characters: ${nameRule}.`;
    }
    return errorWords[error.code] ?? error.message ?? 'Something went wrong.';
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

// `online` is what the browser believes of the network.
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
            return state.reason ? `${cause} ${state.reason}` : cause;
        default:
            return '';
    }
}
