// One message as an element: author, time and text, and for one's own messages their state.

import { element, icon, setText } from './dom.js';
import { initials, tintOf } from './faces.js';
import { clockTime, fullTime, instant } from './format.js';
import { words } from './language.js';
import { textNodes } from './view-text.js';

// A text of more lines or characters than these is folded.
const mostLines = 24;
const mostCharacters = 1_600;
const emoji = '\\p{Emoji_Presentation}|\\p{Extended_Pictographic}\\uFE0F|\\p{RI}{2}';
const loneEmoji = new RegExp(`^(?:${emoji}|[\\u{1F3FB}-\\u{1F3FF}]|\\u200D|\\s){1,16}$`, 'u');

export function avatar(name) {
    const dataset = { tint: tintOf(name) };
    const attributes = { 'aria-hidden': 'true' };
    return element('span', { className: 'avatar', dataset, attributes }, initials(name));
}

function timeOf(date, properties) {
    const exact = { dateTime: date.toISOString(), title: fullTime(date) };
    return element('time', { ...exact, ...properties }, clockTime(date));
}

// `item`: {entry, own, pending}
export function makeMessage(item) {
    const { entry, own, held } = item;
    const date = instant(entry.at);
    const called = own && !held ? words('message.you') : entry.user;
    const who = element('bdi', { className: 'name', title: entry.user }, called);
    who.dataset.tint = tintOf(entry.user);
    const by = element('div', { className: 'by' }, who, ' ', timeOf(date));
    const bubble = element('div', { className: 'bubble' });
    const again = timeOf(date, { className: 'again' });
    again.setAttribute('aria-hidden', 'true');
    const status = element('span', { className: 'status' });
    const line = element('div', { className: 'line' }, bubble, again, status);
    const body = element('div', { className: 'body' }, by, line);
    const row = element('li', { role: 'listitem' }, body);
    if (!own) row.prepend(avatar(entry.user));
    // Not read out piece by piece while it is being sent: see StatusView.
    else row.setAttribute('aria-live', 'off');
    return row;
}

function showText(row, { deleted, text }) {
    const bubble = row.querySelector('.bubble');
    if (deleted) bubble.replaceChildren(words('message.deleted'));
    else bubble.replaceChildren(...textNodes(text));
    row.querySelector('.unfold')?.remove();
    const long = !deleted && isLong(text);
    bubble.classList.toggle('folded', long);
    if (long) row.querySelector('.body').append(unfoldButton(bubble));
}

function isLong(text) {
    return text.length > mostCharacters || text.split('\n', mostLines + 1).length > mostLines;
}

function unfoldButton(bubble) {
    const button = element('button', { type: 'button', className: 'link unfold' });
    setText(button, words('message.more'));
    button.setAttribute('aria-expanded', 'false');
    button.addEventListener('click', () => {
        const folded = bubble.classList.toggle('folded');
        button.setAttribute('aria-expanded', String(!folded));
        setText(button, words(folded ? 'message.more' : 'message.less'));
    });
    return button;
}

function classesOf(item) {
    const { own, head, tail, pending, sameMinute, mentioned, held, past } = item;
    const classes = ['message'];
    if (own) classes.push('own');
    if (head) classes.push('head');
    if (tail) classes.push('tail');
    if (!sameMinute) classes.push('timed');
    if (held) classes.push('held');
    else if (pending) classes.push(pending.state);
    if (past) classes.push('past');
    if (item.changing) classes.push('changing');
    if (item.deleted) classes.push('gone');
    else if (loneEmoji.test(item.text)) classes.push('emoji');
    if (mentioned) classes.push('mention');
    return classes.join(' ');
}

// `actions`: retry(item), discard(item), decorate(row, item)
export function updateMessage(row, item, actions) {
    const before = row.item;
    if (before === item) return;
    row.item = item;
    if (before?.deleted !== item.deleted || before?.text !== item.text) {
        // An edited text is no new message, and is not read out like one.
        if (before) row.setAttribute('aria-live', 'off');
        showText(row, item);
    }
    const classes = classesOf(item);
    if (row.className !== classes) row.className = classes;
    if (before?.entry.at !== item.entry.at) showTime(row, item.entry);
    actions.decorate(row, item);
    const status = statusOf(item);
    if (row.status === status) return;
    row.status = status;
    showStatus(row.querySelector('.status'), item, status, actions);
}

// What a message is called while it has the focus: nobody reads it line by line then.
export function readAloud(row) {
    const parts = '.name, .by time, .quote, .bubble, .edited, .reaction, .status';
    return [...row.querySelectorAll(parts)]
        .map((node) => node.getAttribute('aria-label')
            // As it is laid out: there is a blank between two lines of a list.
            ?? (node.innerText || node.textContent).replace(/\s+/gu, ' ').trim())
        .filter(Boolean).join(', ');
}

// Once the message is in the room, the server's time replaces the local one.
function showTime(row, entry) {
    const date = instant(entry.at);
    for (const time of row.querySelectorAll('time')) {
        time.dateTime = date.toISOString();
        time.title = fullTime(date);
        setText(time, clockTime(date));
    }
}

function statusOf({ pending, lastOwn, past, online, held, deleted, changing }) {
    if (!pending) return lastOwn && !past && !deleted && !changing ? 'sent' : '';
    if (held) return `held:${held}`;
    if (pending.state === 'failed') return `failed:${pending.problem}`;
    return online ? 'sending' : 'queued';
}

function showStatus(node, { pending, held }, status, actions) {
    if (status === '') {
        node.replaceChildren();
    } else if (status === 'sent') {
        const sent = words('message.sent');
        const mark = element('span', { title: sent }, icon('check'));
        node.replaceChildren(mark, element('span', { className: 'unseen' }, sent));
    } else if (status === 'sending') {
        node.replaceChildren(words('message.sending'));
    } else if (status === 'queued') {
        node.replaceChildren(words('message.waiting'));
    } else {
        const problem = held ? words('message.nameLost') : pending.problem;
        const again = held ? words('message.sendAs', { name: held }) : words('message.again');
        node.replaceChildren(
            `${problem} `, button(again, () => actions.retry(pending)), ' ',
            button(words('message.discard'), () => actions.discard(pending)));
    }
}

function button(name, pressed) {
    const made = element('button', { type: 'button', className: 'link' }, name);
    made.addEventListener('click', pressed);
    return made;
}
