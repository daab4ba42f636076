// The state of the connection: a dot and a word that are always shown, a bar with a countdown if
// something is wrong, one sentence for each change for a screen reader, and the tab's title.

import { byID, setHidden, setText } from './dom.js';
import { badge } from './format.js';
import { words } from './language.js';
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
        const sentence = wordsForState(state, navigator.onLine);
        const up = state.phase === 'open';
        const down = phase === 'in' && (!up || Boolean(state.doubt));
        setText(this.#state.lastElementChild, shortWords(state));
        this.#state.dataset.phase = state.doubt ? 'doubt' : state.phase;
        setHidden(this.#bar, !down);
        setText(this.#words, sentence);
        this.#bar.classList.toggle('stopped', state.phase === 'stopped');
        setHidden(this.#retry, !(state.phase === 'waiting' || state.again));
        setText(this.#retry, words(state.phase === 'stopped' ? 'bar.connect' : 'bar.retry'));
        this.#countDown(state);
        this.#speak(phase === 'in', up, state, sentence);
        this.#speakOfSent();
        const place = current && phase === 'in' ? `${current.title} · Roost` : 'Roost';
        const title = phase === 'in' && unread > 0 ? `(${badge(unread)}) ${place}` : place;
        if (document.title !== title) document.title = title;
    }

    #countDown(state) {
        const seconds = Math.ceil((state.retryAt - Date.now()) / 1000);
        const waiting = state.phase === 'waiting';
        const soon = words('bar.countdown', { count: Math.max(1, seconds || 1) });
        setText(this.#countdown, waiting && seconds > 0 ? soon : '');
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

    #speak(inside, up, state, sentence) {
        if (!inside) {
            this.#wasDown = false;
        } else if (up && this.#wasDown) {
            this.#wasDown = false;
            setText(this.#spoken, words('spoken.back'));
        } else if (!up && !this.#wasDown) {
            this.#wasDown = true;
            const lost = words('spoken.lost', { problem: sentence });
            setText(this.#spoken, state.phase === 'stopped' ? sentence : lost);
        } else if (state.phase === 'stopped') {
            setText(this.#spoken, sentence);
        }
    }
}

function shortWords(state) {
    switch (state.phase) {
        case 'open':
            return words(state.doubt ? 'state.doubt' : 'state.open');
        case 'connecting':
            return words('state.connecting');
        case 'waiting':
            return words(navigator.onLine ? 'state.waiting' : 'state.offline');
        default:
            return words('state.stopped');
    }
}
