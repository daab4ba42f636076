// What `tsc --checkJs` says about a program that uses roost.js: ClientTypeTests runs it. Each line
// after an "expect-error" is wrong in a way that the types have to notice.
// @ts-check

import { CommandError, Disconnected, Roost } from './roost.mjs';

const chat = new Roost('wss://chat.example.org/chat', {
    user: 'ann', password: 'correct horse', storage: localStorage, WebSocket, token: async () => '',
});
const room = chat.join('lobby', { last: 20, since: null });

room.on('message', ({ user, text, at, offset, reply }) => {
    console.log(user.length, text.trim(), at.slice(0, 10), offset.toFixed(), reply?.toFixed());
});
room.on('entry', (entry) => console.log(entry.type.length, entry.whatever));
room.on('edited', ({ target, text }) => console.log(target + 1, text?.trim()));
room.on('reaction', ({ emoji, user }) => console.log(emoji?.length, user.length));
room.on('topic', ({ text }) => console.log(text.trim()));
room.on('presence', ({ event, count }) => console.log(event === 'join', count + 1));
room.on('gap', ({ before, messages }) => console.log(before.epoch.length, messages[0].text));
room.on('refused', (error) => console.log(error.code.length, error.retryAfter));
chat.on('state', ({ phase, retryAt }) => console.log(phase === 'waiting', retryAt));
chat.on('direct', (conversation) => conversation.say('hello'));
chat.on('stopped', ({ code, reason }) => console.log(code + 1, reason.length));

async function talk() {
    const { epoch, offset } = await room.say('hello', { reply: 3 });
    const { messages, more } = await room.history({ before: offset, limit: 10 });
    console.log(epoch.length, messages.length, more === true, (await chat.ready()).limits.text);
    try {
        await chat.command('who', { room: 'lobby' });
    } catch (error) {
        console.log(error instanceof CommandError || error instanceof Disconnected);
    }
    room.typing();
    chat.close();
}
talk();

// @ts-expect-error: a number is no text
room.say(5);
// @ts-expect-error: there is no such event
room.on('messages', () => {});
// @ts-expect-error: an offset is no text
room.on('message', ({ offset }) => offset.trim());
// @ts-expect-error: a user is a name
new Roost('wss://chat.example.org/chat', { user: 7 });
// @ts-expect-error: there is no such option
chat.join('lobby', { lasst: 7 });
// @ts-expect-error: what is private stays so
chat.forRooms.outbox.pump();
