// The field to write in: Enter sends, Shift+Enter makes a new line, a counter appears near the
// limit, and each room keeps its own draft. On a touch keyboard Enter makes a new line, and the
// button sends. Above the field, a line shows who is typing.

import { byID, composes, setHidden, setText, touchKeyboard } from './dom.js';
import { listed, words } from './language.js';
import { barOf } from './view-verdict.js';
import { wordsForExile } from './words.js';

const counterFrom = 0.8;

// The length as the server counts it, in Unicode scalars.
const lengthOf = (text) => (text.length > 200 ? [...text].length : text.length);

// Without blank lines at the beginning and blanks at the end. The blanks that the first line begins
// with are kept: they may be a program's.
const cleaned = (text) => text.replace(/^(?:[^\S\n]*\n)+/u, '').trimEnd();

function sends(event) {
    if (event.key !== 'Enter' || composes(event)) return false;
    if (event.ctrlKey || event.metaKey) return true;
    return !event.shiftKey && !event.altKey && !touchKeyboard.matches;
}

export class ComposerView {
    #chat;
    #form = byID('composer');
    #field = byID('message');
    #send = byID('send');
    #counter = byID('counter');
    #activity = byID('activity');
    #room = null;
    #editing = null;

    constructor(chat) {
        this.#chat = chat;
        this.#form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#say();
        });
        this.#field.addEventListener('keydown', (event) => {
            if (chat.rooms.current !== this.#room) this.render(); // nothing was drawn since
            if (!sends(event)) return;
            event.preventDefault();
            this.#say();
        });
        this.#field.addEventListener('input', () => {
            if (this.#editing) this.#editing.text = this.#field.value;
            else if (this.#room) chat.drafts.set(this.#room, this.#field.value);
            if (this.#field.value.trim() !== '') chat.typed();
            this.#measure();
        });
        byID('skip').addEventListener('click', () => this.focus());
        byID('keys').addEventListener('click', () => byID('shortcuts').showModal());
        touchKeyboard.addEventListener('change', () => this.#hint());
        this.#hint();
    }

    // What the Enter key of an on-screen keyboard is called.
    #hint() {
        this.#field.enterKeyHint = touchKeyboard.matches ? 'enter' : 'send';
    }

    focus() {
        this.#field.focus({ preventScroll: true });
    }

    render() {
        const room = this.#chat.rooms.current;
        const editing = room?.editing ?? null;
        if (room !== this.#room || editing !== this.#editing) {
            this.#room = room;
            this.#editing = editing;
            this.#field.value = editing?.text ?? (room ? this.#chat.drafts.of(room) : '');
            this.#measure();
        }
        setHidden(this.#form, !room);
        if (!room) return;
        const barred = barOf(room) || wordsForExile(this.#chat.connection.state);
        const hint = barred || words('message.to', { room: room.title });
        if (this.#field.readOnly !== (barred !== '')) {
            this.#field.readOnly = barred !== '';
            this.#measure();
        }
        if (this.#field.placeholder !== hint) this.#field.placeholder = hint;
        this.#renderActivity(room);
    }

    #renderActivity(room) {
        const typing = room.typingNow();
        const { notice } = this.#chat;
        let text = '';
        if (room.state === 'refused' && !room.verdict) text = room.problem;
        else if (typing.length === 1) text = words('typing.one', { name: typing[0] });
        else if (typing.length > 1) text = words('typing.many', { names: listed(typing) });
        else if (notice?.room === room) text = notice.text;
        this.#activity.classList.toggle('typing', typing.length > 0);
        this.#activity.classList.toggle('refused', room.state === 'refused');
        setText(this.#activity.lastElementChild, text);
    }

    #say() {
        if (this.#field.readOnly) return;
        const text = cleaned(this.#field.value);
        const length = lengthOf(text);
        // What is empty then is to be deleted.
        if (this.#editing && length <= this.#chat.textLimit) {
            this.#editing.finish(text);
            return;
        }
        if (length === 0 || length > this.#chat.textLimit || !this.#room) {
            this.focus();
            return;
        }
        this.#field.value = '';
        this.#chat.drafts.set(this.#room, '');
        this.#measure();
        this.#chat.say(text);
        this.focus();
    }

    #measure() {
        const length = lengthOf(cleaned(this.#field.value));
        const limit = this.#chat.textLimit;
        const over = length - limit;
        const near = length >= limit * counterFrom;
        setHidden(this.#counter, !near);
        this.#counter.classList.toggle('over', over > 0);
        const key = over > 0 ? 'message.over' : 'message.left';
        setText(this.#counter, near ? words(key, { count: Math.abs(over) }) : '');
        this.#field.setAttribute('aria-invalid', String(over > 0));
        this.#send.disabled = (length === 0 && !this.#editing) || over > 0
            || this.#field.readOnly;
        this.#grow();
    }

    #grow() {
        if (CSS.supports('field-sizing', 'content')) return;
        this.#field.style.height = 'auto';
        this.#field.style.height = `${this.#field.scrollHeight + 2}px`;
    }
}
