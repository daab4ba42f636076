// The state of the connection: a dot and a word that are always shown, a bar with a countdown if
// something is wrong, one sentence for each change for a screen reader, and the tab's title.

import { byID, setHidden, setText } from './dom.js';
import { badge } from './format.js';
import { wordsForState } from './words.js';

export class StatusView {
    #chat;
    #bar = byID('bar');
    #words = byID('bar-words');
    #countdown = byID('countdown');
    #retry = byID('retry');
    #state = byID('state');
    #spoken = byID('spoken');
    #sent = byID('sent');
    #sentCount = 0;
    #ticker = 0;
    #wasDown = false;

    constructor(chat) {
        this.#chat = chat;
        this.#retry.addEventListener('click', () => chat.connection.retryNow());
    }

    render() {
        const { connection, phase, rooms } = this.#chat;
        const { current, unread } = rooms;
        const { state } = connection;
        const words = wordsForState(state, navigator.onLine);
        const up = state.phase === 'open';
        const down = phase === 'in' && (!up || Boolean(state.doubt));
        setText(this.#state.lastElementChild, shortWords(state));
        this.#state.dataset.phase = state.doubt ? 'doubt' : state.phase;
        setHidden(this.#bar, !down);
        setText(this.#words, words);
        this.#bar.classList.toggle('stopped', state.phase === 'stopped');
        setHidden(this.#retry, !(state.phase === 'waiting' || state.again));
        setText(this.#retry, state.phase === 'stopped' ? 'Connect again' : 'Try now');
        this.#countDown(state);
        this.#speak(phase === 'in', up, state, words);
        this.#speakOfSent();
        const place = current && phase === 'in' ? `${current.name} · Roost` : 'Roost';
        const title = phase === 'in' && unread > 0 ? `(${badge(unread)}) ${place}` : place;
        if (document.title !== title) document.title = title;
    }

    #countDown(state) {
        const seconds = Math.ceil((state.retryAt - Date.now()) / 1000);
        const waiting = state.phase === 'waiting';
        setText(this.#countdown, waiting && seconds > 0 ? `Reconnecting in ${seconds} s` : '');
        clearTimeout(this.#ticker);
        if (waiting) this.#ticker = setTimeout(() => this.#countDown(state), 250);
    }

    // One sentence for each of one's own messages, when it is there or has failed. The same words
    // are read out again only if they differ.
    #speakOfSent() {
        const { news } = this.#chat;
        if (news.number === this.#sentCount) return;
        this.#sentCount = news.number;
        setText(this.#sent, news.number % 2 ? news.words : `${news.words}\u00a0`);
    }

    #speak(inside, up, state, words) {
        if (!inside) {
            this.#wasDown = false;
        } else if (up && this.#wasDown) {
            this.#wasDown = false;
            setText(this.#spoken, 'Connected again.');
        } else if (!up && !this.#wasDown) {
            this.#wasDown = true;
            setText(this.#spoken, state.phase === 'stopped' ? words : `${words} Reconnecting.`);
        } else if (state.phase === 'stopped') {
            setText(this.#spoken, words);
        }
    }
}

function shortWords(state) {
    switch (state.phase) {
        case 'open':
            return state.doubt ? 'No answer yet' : 'Connected';
        case 'connecting':
            return 'Connecting';
        case 'waiting':
            return navigator.onLine ? 'Reconnecting' : 'Offline';
        default:
            return 'Disconnected';
    }
}
