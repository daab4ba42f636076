// The sentences for the user when the server refuses something or the connection is lost.

import { isEnglish, words } from './language.js';

// Where the page speaks English, the server's own sentence is best: it knows the limit, the reason,
// the time. Only its sentences for programmers are replaced; what is wrong with a text is for the
// person who wrote it. In other languages the page has a sentence for what happens to people, with
// the server's beside it where that says more, and the server's alone for the rest.
const forProgrammers = new Set(['bad_json', 'bad_request', 'unknown_type', 'not_logged_in']);
const translated = new Set([
    'name_taken', 'bad_password', 'bad_name', 'too_many_rooms', 'too_long', 'rate_limited',
    'unavailable',
]);
const saysMore = new Set(['bad_name', 'bad_request']);

export function wordsForError({ code, message }) {
    const aboutText = code === 'bad_request' && message.startsWith('The text ');
    const own = translated.has(code) ? words(`error.${code}`) : '';
    if (forProgrammers.has(code) && !aboutText) return words('error.misunderstood');
    if (!message) return own || words('error.misunderstood');
    if (isEnglish()) return message;
    const said = words('error.server', { sentence: message });
    if (!own) return said;
    return saysMore.has(code) ? `${own} ${said}` : own;
}

const known = new Set([1001, 1006, 1008, 1011, 1012, 1013, 4001, 4002, 4003, 4004, 4005]);

const wordsForCode = (code) => words(`close.${known.has(code) ? code : 1006}`);

// The server's sentence about a room's name that is not allowed may end with a name that is.
export const nameIn = (sentence) => /Try "([^"\s]{1,64})"\.[”“»]?$/u.exec(sentence)?.[1] ?? '';

export const wordsForSession = () => wordsForCode(4005);

// What an operator wrote does not say what has happened, or not in this language; the server's own
// sentences do.
export function wordsForKick(reason) {
    const own = reason.replace(/^You were sent out: /u, '');
    if (own !== reason || !/^You (?:were sent|are not invited)/u.test(reason)) {
        return `${wordsForCode(4003)} ${own}`.trim();
    }
    return isEnglish() ? reason : words('error.server', { sentence: reason });
}

// Why this user is not in the chat: sent out or banned by somebody; '' otherwise.
export const wordsForExile = (state) =>
    (state.phase === 'stopped' && [4003, 4004].includes(state.code) ? wordsForState(state) : '');

// `state` is the connection's, `online` the browser's view of the network.
export function wordsForState(state, online) {
    const { phase, code } = state;
    const reason = isEnglish() ? state.reason : '';
    // The server says what is full: all of it, or this network's share.
    const isBan = code === 4004 && state.reason && !isEnglish();
    const isFull = code === 1013 && state.reason;
    const cause = (isFull && reason) || wordsForCode(code);
    switch (phase) {
        case 'connecting':
            return words(state.attempt > 0 ? 'bar.again' : 'bar.first');
        case 'open':
            return words(state.doubt ? 'bar.doubt' : 'state.open');
        case 'waiting':
            return online || isFull ? cause : words('bar.offline');
        case 'stopped':
            if (code === 4003) return wordsForKick(state.reason);
            return isBan ? `${cause} ${words('error.server', { sentence: state.reason })}`
                : reason || cause;
        default:
            return '';
    }
}
