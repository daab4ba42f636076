// What belongs to a message beside its text: above it a quote of the message that it answers, below
// it that it was edited, and the reactions to it.

import { element, setText } from './dom.js';
import { tintOf } from './faces.js';
import { fullTime, instant } from './format.js';
import { count, listed, words } from './language.js';
import { sameName } from './names.js';
import { entryAt } from './quotes.js';
import { plainText } from './view-text.js';

const quotedLength = 300;

// The first line of a text, without what makes it bold or code.
function firstLine(text) {
    return plainText(text.trimStart().slice(0, quotedLength)).trim().split('\n')[0];
}

// The author and the first line of a message.
export function gist({ user, text, deleted }, me) {
    const said = deleted ? words('message.deleted') : firstLine(text);
    const called = sameName(user, me) ? words('message.you') : user;
    const name = element('bdi', { className: 'author', dataset: { tint: tintOf(user) } }, called);
    const className = deleted ? 'label gone' : 'label';
    const line = element('span', { className, dir: 'auto' }, said);
    return [name, line];
}

export class Extras {
    #chat;
    #quotes;
    #seen; // tells when a quote whose message is not known comes into view

    constructor(chat, quotes, log) {
        this.#chat = chat;
        this.#quotes = quotes;
        this.#seen = new IntersectionObserver((all) => {
            for (const { target, isIntersecting } of all) {
                if (!isIntersecting) continue;
                this.#seen.unobserve(target);
                quotes.want(target.room, Number(target.dataset.offset));
            }
        }, { root: log, rootMargin: '200px' });
    }

    decorate(row, item, room) {
        const { entry, deleted } = item;
        const body = row.querySelector('.body');
        const before = body.querySelector('.quote');
        const answers = entry.reply !== undefined && !deleted;
        const quote = answers ? this.#quote(item, room, before) : null;
        if (quote !== before) {
            const isFocused = before !== null && before === document.activeElement;
            before?.remove();
            if (quote) body.querySelector('.line').before(quote);
            if (isFocused) (quote ?? row).focus({ preventScroll: true });
        }
        const reactions = Object.entries(item.reactions ?? {});
        const foot = body.querySelector('.foot');
        if (deleted || (!item.edited && reactions.length === 0)) {
            foot?.remove();
            return;
        }
        this.#fill(foot ?? this.#foot(body), item, reactions, room);
    }

    // The button from before, if it says the same. It is not read out when it changes, nor with a
    // new message, where nothing would tell it from the message's own text.
    #quote(item, room, before) {
        const offset = item.entry.reply;
        const message = this.#quotes.find(room, item);
        const none = () => words(message === null ? 'link.gone' : 'reply.earlier');
        const parts = message ? gist(message, this.#chat.me)
            : [element('span', { className: 'label' }, none())];
        const text = parts.map((node) => node.textContent).join(': ');
        const label = words('reply.label', { text });
        const disabled = message === null;
        const isSame = before?.getAttribute('aria-label') === label
            && before.disabled === disabled && before.room === room;
        if (isSame) return before;
        const quote = element('button', {
            type: 'button', className: 'quote', tabIndex: -1, dataset: { offset }, room, disabled,
            attributes: { 'aria-label': label, 'aria-live': 'off' },
        }, ...parts);
        if (message === undefined) this.#seen.observe(quote);
        return quote;
    }

    // Reactions come and go: they are not read out each time, while messages are.
    #foot(body) {
        const foot = element('div', {
            className: 'foot', attributes: { 'aria-live': 'off' },
        });
        body.append(foot);
        return foot;
    }

    // Buttons stay the same elements, so that they keep the focus.
    #fill(foot, item, reactions, room) {
        const old = new Map([...foot.querySelectorAll('.reaction')]
            .map((button) => [button.dataset.emoji, button]));
        const mark = foot.querySelector('.edited') ?? element('span', { className: 'edited' });
        const made = item.edited ? [this.#edited(mark, item, room)] : [];
        for (const [emoji, names] of reactions) {
            made.push(this.#reaction(old.get(emoji) ?? makeReaction(emoji), emoji, names));
        }
        if (made.length === foot.children.length
            && made.every((node, at) => node === foot.children[at])) return;
        const focused = document.activeElement;
        foot.replaceChildren(...made);
        if (made.includes(focused)) focused.focus({ preventScroll: true });
    }

    #edited(mark, { edited, changing }, room) {
        setText(mark, words(changing && edited === Infinity ? 'message.saving' : 'message.edited'));
        const at = entryAt(room.entries, edited)?.at;
        mark.title = at ? fullTime(instant(at)) : '';
        return mark;
    }

    #reaction(button, emoji, names) {
        const { me } = this.#chat;
        const isMine = names.some((name) => sameName(name, me));
        const others = names.filter((name) => !sameName(name, me));
        const shown = listed(isMine ? [...others, words('message.you')] : others);
        button.setAttribute('aria-pressed', String(isMine));
        // A title of the button itself would be read out after its label, which has the names, too.
        for (const part of button.children) part.title = shown;
        button.setAttribute('aria-label', words('reaction.label', { emoji, names: shown }));
        setText(button.lastElementChild, count(names.length));
        return button;
    }
}

function makeReaction(emoji) {
    return element('button', {
        type: 'button', className: 'reaction', tabIndex: -1, dataset: { emoji },
    }, element('span', {}, emoji), ' ', element('span', { className: 'count' }));
}
