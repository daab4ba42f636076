// roost.js without a server: what it sends, and what it passes on, whatever the server does.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FakeChat, client, next } from './fake-chat.mjs';

const { CommandError, Disconnected, Roost, mentions } = client;

// A client in the lobby of a fake server, and what it passes on.
async function start(options = {}, { join = {}, prepare = () => {} } = {}) {
    const server = new FakeChat();
    prepare(server);
    const chat = new Roost('https://chat.example.org/some/page', {
        user: 'ann', WebSocket: server.WebSocket, ...options,
    });
    const room = chat.join('Lobby', join);
    const entries = [];
    const gaps = [];
    room.on('entry', ({ offset }) => entries.push(offset));
    room.on('gap', (gap) => gaps.push(gap));
    await next(room, 'joined');
    return { server, chat, room, entries, gaps };
}

// Resolves when this entry was passed on.
const reaches = (room, offset) => new Promise((resolve) => {
    room.on('entry', (entry) => entry.offset === offset && resolve());
});

async function reconnect({ server, room }, code, reason) {
    const joined = next(room, 'joined');
    server.cut(code, reason);
    await joined;
}

test('it connects, logs in and joins', async () => {
    const { server, chat, room } = await start();
    assert.equal(server.line.address, 'wss://chat.example.org/some/chat');
    assert.equal(server.line.protocol, 'roost.v1');
    assert.deepEqual(server.sent.map(({ type }) => type), ['login', 'join']);
    assert.equal(server.of('login')[0].join, false);
    assert.equal(chat.state.phase, 'open');
    assert.equal(room.name, 'lobby');
    assert.equal(chat.room('LOBBY'), room);
    assert.equal(chat.join('lobby'), room);
    assert.equal((await chat.ready()).user, 'ann');
    assert.equal(chat.limits.text, 4000);
    chat.close();
    assert.equal(server.line.closedWith, 1000);
    assert.equal(chat.state.phase, 'idle');
});

test('an address of a WebSocket is taken as it is', () => {
    const server = new FakeChat();
    new Roost('ws://127.0.0.1:1/a/b', { user: 'ann', WebSocket: server.WebSocket }).close();
    assert.equal(server.line.address, 'ws://127.0.0.1:1/a/b');
});

test('entries of any type are passed on once, in order, and count for the resume', async () => {
    const all = await start();
    const { server, chat, room, entries, gaps } = all;
    const types = [];
    for (const type of ['message', 'edited', 'thing']) room.on(type, () => types.push(type));
    server.add({});
    server.add({ type: 'edited', target: 1 });
    server.add({ type: 'thing' });
    server.push({ type: 'read', room: 'lobby', offset: 90 });
    server.push(server.log[1]);
    assert.deepEqual(types, ['message', 'edited', 'thing']);
    assert.deepEqual(room.place, { epoch: 'e1', offset: 3 });
    server.add({}, true);
    server.add({ epoch: 'e2' }, true);
    await reconnect(all);
    assert.deepEqual(server.of('join')[1].since, { epoch: 'e1', offset: 3 });
    assert.deepEqual(entries, [1, 2, 3, 4, 5]);
    assert.deepEqual(room.place, { epoch: 'e2', offset: 5 });
    assert.deepEqual(gaps, []);
    chat.close();
});

test('what was missed comes page after page, and before what is new', async () => {
    const all = await start();
    const { server, chat, room, entries } = all;
    server.page = 3;
    for (let n = 0; n < 10; n += 1) server.add({}, true);
    const end = reaches(room, 11);
    let asked = 0;
    server.answers.set('history', () => {
        asked += 1;
        if (asked === 2) server.add({});
    });
    await reconnect(all);
    await end;
    assert.deepEqual(entries, Array.from({ length: 11 }, (_, n) => n + 1));
    chat.close();
});

test('a line that is cut within the pages goes on from there', async () => {
    const all = await start();
    const { server, chat, room, entries } = all;
    server.page = 3;
    for (let n = 0; n < 10; n += 1) server.add({}, true);
    server.answers.set('history', () => null);
    await reconnect(all);
    server.add({});
    assert.deepEqual(entries, [1, 2, 3]);
    server.answers.delete('history');
    const end = reaches(room, 11);
    await reconnect(all, 4001);
    assert.deepEqual(server.of('join').at(-1).since, { epoch: 'e1', offset: 3 });
    await end;
    assert.deepEqual(entries, Array.from({ length: 11 }, (_, n) => n + 1));
    chat.close();
});

test('what the server cannot resume is a gap, and nothing is passed on as if it were not', async () => {
    const all = await start();
    const { server, chat, room, entries, gaps } = all;
    server.add({});
    server.epoch = 'e9';
    server.add({}, true);
    await reconnect(all);
    assert.deepEqual(entries, [1]);
    assert.deepEqual(gaps[0].before, { epoch: 'e1', offset: 1 });
    assert.deepEqual(room.place, { epoch: 'e9', offset: 2 });
    server.add({});
    assert.deepEqual(entries, [1, 3]);
    chat.close();
});

test('a first visit gets the newest messages, a later one what came since', async () => {
    const prepare = (server) => {
        for (let n = 0; n < 5; n += 1) server.add({}, true);
    };
    const first = await start({}, { join: { last: 2 }, prepare });
    assert.deepEqual(first.entries, [4, 5]);
    first.chat.close();
    const since = { epoch: 'e1', offset: 2 };
    const later = await start({}, { join: { since }, prepare });
    assert.deepEqual(later.entries, [3, 4, 5]);
    later.chat.close();
});

test('a message that is gone already is no message, and counts for the resume', async () => {
    const { server, chat, room, entries } = await start();
    const texts = [];
    room.on('message', ({ text }) => texts.push(text));
    server.add({ deleted: 2, text: undefined });
    server.add({ type: 'deleted', target: 1, text: undefined });
    server.add({ text: 'c' });
    assert.deepEqual(texts, ['c']);
    assert.deepEqual(entries, [1, 2, 3]);
    chat.close();
});

test('a conversation that somebody begins is a room, also after a reconnect', async () => {
    const all = await start();
    const { server, chat } = all;
    const begun = next(chat, 'direct');
    server.push({ type: 'direct', room: '@ann,bob', epoch: 'd1', offset: 4 });
    const room = await begun;
    const texts = [];
    room.on('message', ({ text }) => texts.push(text));
    server.push({ type: 'message', room: '@ann,bob', offset: 5, user: 'bob', text: 'psst' });
    assert.deepEqual(texts, ['psst']);
    assert.equal(chat.room('@ann,bob'), room);
    assert.equal(room.state, 'joined');
    await Promise.all([reconnect(all), next(room, 'joined')]);
    const join = server.of('join').find(({ room: name }) => name === '@ann,bob');
    assert.deepEqual(join.since, { epoch: 'd1', offset: 5 });
    chat.close();
});

test('a conversation is one room, whatever the order of the names, and begins with say()',
    async () => {
        const { server, chat } = await start();
        const refusal = { type: 'error', code: 'not_found', text: 'No such conversation.' };
        server.answers.set('join', ({ room }) => (room.startsWith('@') ? refusal : undefined));
        const room = chat.join('@bob,ann');
        await Promise.all([next(room, 'new'), room.attempt]);
        assert.equal(room.to, 'bob');
        assert.equal(room.state, 'new');
        assert.equal(chat.room('@Ann,BOB'), room);
        server.answers.delete('join');
        const direct = { type: 'ok', offset: 1, epoch: 'd1', room: '@ann,bob' };
        server.answers.set('direct', () => {
            server.push({ type: 'direct', room: '@ann,bob', epoch: 'd1', offset: 0 });
            return direct;
        });
        assert.deepEqual(await room.say('psst', { reply: 3 }), { epoch: 'd1', offset: 1 });
        const { to, text, reply, room: none } = server.of('direct')[0];
        assert.deepEqual({ to, text, reply, none },
            { to: 'bob', text: 'psst', reply: 3, none: undefined });
        assert.equal(room.name, '@ann,bob');
        await room.attempt;
        assert.equal(room.state, 'joined');
        assert.equal(server.of('message').length, 0);
        // What was read on another device is no entry.
        const read = next(room, 'read');
        server.push({ type: 'read', room: '@ann,bob', offset: 1 });
        assert.equal((await read).offset, 1);
        chat.close();
    });

test('say() resolves with the place, and a retry has the same id', async () => {
    const all = await start();
    const { server, chat, room } = all;
    assert.deepEqual(await room.say('one', { reply: 7 }), { epoch: 'e1', offset: 1 });
    assert.equal(server.of('message')[0].reply, 7);
    // The server keeps it, and the answer is lost.
    server.answers.set('message', ({ text, id }) => {
        server.add({ user: 'ann', text, id }, true);
        server.answers.delete('message');
        return null;
    });
    const said = room.say('two');
    await reconnect(all);
    assert.deepEqual(await said, { epoch: 'e1', offset: 2 });
    // The server does not know whether it is kept.
    server.answers.set('message', () => {
        server.answers.delete('message');
        return { type: 'error', code: 'unavailable', text: 'Not now.', retry_after_ms: 1 };
    });
    assert.equal((await room.say('three')).offset, 3);
    const ids = server.of('message').map(({ id }) => id);
    assert.equal(ids.length, 4);
    assert.equal(ids[2], ids[3]);
    assert.equal(new Set(ids).size, 3);
    assert.deepEqual(chat.outbox.items, []);
    chat.close();
});

test('what is said without a connection waits, and comes in order', async () => {
    const all = await start();
    const { server, chat, room } = all;
    const joined = next(room, 'joined');
    server.cut();
    const said = [room.say('a'), room.say('b'), room.say('c')];
    await joined;
    assert.deepEqual((await Promise.all(said)).map(({ offset }) => offset), [1, 2, 3]);
    assert.deepEqual(server.log.map(({ text }) => text), ['a', 'b', 'c']);
    chat.close();
});

test('a refusal is an error with a code and the sentence of the server', async () => {
    const { server, chat, room } = await start();
    const refuse = () => ({ type: 'error', code: 'too_long', text: 'Too long.' });
    server.answers.set('message', refuse);
    server.answers.set('who', refuse);
    for (const promise of [room.say('x'), room.command('who')]) {
        await assert.rejects(promise, (error) => error instanceof CommandError
            && error.code === 'too_long' && error.message === 'Too long.');
    }
    assert.deepEqual(chat.outbox.items, []);
    chat.close();
    await assert.rejects(room.command('who'), Disconnected);
});

test('a command that is too fast is sent again when the server says', async () => {
    const { server, chat } = await start();
    server.answers.set('topic', () => {
        server.answers.delete('topic');
        return { type: 'error', code: 'rate_limited', text: 'Slowly.', retry_after_ms: 1 };
    });
    assert.equal((await chat.command('topic', { room: 'lobby', text: 'x' })).type, 'ok');
    assert.equal(server.of('topic').length, 2);
    chat.close();
});

test('a lost connection rejects a command, and close() what was not sent', async () => {
    const all = await start();
    const { server, chat, room } = all;
    server.answers.set('who', () => null);
    const who = room.command('who');
    server.cut();
    await assert.rejects(who, Disconnected);
    const said = room.say('x');
    chat.close();
    await assert.rejects(said, Disconnected);
});

test('a room that is refused rejects what waits for it', async () => {
    const prepare = (server) => server.answers.set('join', () =>
        ({ type: 'error', code: 'bad_name', text: 'No such name.' }));
    const server = new FakeChat();
    prepare(server);
    const chat = new Roost('ws://x/', { user: 'ann', WebSocket: server.WebSocket });
    const room = chat.join('lobby');
    const said = room.say('x');
    await assert.rejects(said, { code: 'bad_name' });
    assert.equal(room.state, 'refused');
    assert.equal(room.error.message, 'No such name.');
    chat.close();
});

test('somebody who is sent away stays away', async () => {
    const { server, chat, room } = await start();
    const kicked = next(room, 'kicked');
    server.push({ type: 'kicked', room: 'lobby', text: 'Have a break.' });
    assert.equal((await kicked).message, 'Have a break.');
    assert.equal(room.state, 'refused');
    const again = next(room, 'joined');
    assert.equal(chat.join('lobby'), room);
    await again;
    const stopped = next(chat, 'stopped');
    server.cut(4003, 'Enough.');
    assert.deepEqual(await stopped, { code: 4003, reason: 'Enough.' });
    assert.equal(chat.state.phase, 'stopped');
    assert.equal(server.sockets.length, 1);
});

test('the session proves the name after a reconnect and in a later visit', async () => {
    const kept = new Map();
    const storage = {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => kept.set(key, value),
        removeItem: (key) => kept.delete(key),
    };
    const all = await start({ storage });
    assert.equal(all.server.of('login')[0].session, undefined);
    await reconnect(all);
    assert.equal(all.server.of('login')[1].session, 's1');
    all.chat.close();
    const later = await start({ storage });
    assert.equal(later.server.of('login')[0].session, 's1');
    later.server.cut(4005, 'Signed out.');
    assert.equal(kept.size, 0);
});

test('a refused login ends it, but a refusal that passes is tried again', async () => {
    const refusal = (code) => ({ type: 'error', code, text: 'No.', retry_after_ms: 30_000 });
    const server = new FakeChat();
    server.answers.set('login', () => refusal('name_taken'));
    const chat = new Roost('ws://x/', { user: 'ann', WebSocket: server.WebSocket });
    const said = chat.join('lobby').say('x');
    const closed = next(chat, 'closed');
    await assert.rejects(chat.ready(), { code: 'name_taken' });
    await assert.rejects(said, { code: 'name_taken' });
    assert.deepEqual(await closed, { code: 1000, reason: 'No.' });
    assert.equal(chat.state.phase, 'idle');
    server.answers.set('login', () => refusal('unavailable'));
    const other = new Roost('ws://x/', { user: 'ann', WebSocket: server.WebSocket });
    while (other.state.phase !== 'waiting') await next(other, 'state');
    assert.ok(other.state.retryAt > Date.now() + 20_000);
    server.answers.delete('login');
    other.retryNow();
    assert.equal((await other.ready()).user, 'ann');
    other.close();
});

test('a password is kept for later logins, and a token may be made anew for each', async () => {
    let number = 0;
    const all = await start({ password: 'correct horse', token: async () => `t${++number}` });
    await reconnect(all);
    const logins = all.server.of('login');
    assert.deepEqual(logins.map(({ password }) => password), ['correct horse', 'correct horse']);
    assert.deepEqual(logins.map(({ token }) => token), ['t1', 't2']);
    await reconnect(all, 4005, 'The token has ended.');
    assert.equal(all.server.of('login')[2].token, 't3');
    all.chat.close();
});

test('a listener that throws stops neither the client nor the others', async () => {
    const { server, chat, room } = await start();
    const thrown = [];
    const later = globalThis.queueMicrotask;
    globalThis.queueMicrotask = (run) => thrown.push(run);
    const heard = [];
    room.on('message', () => {
        throw new Error('mine');
    });
    const off = room.on('message', ({ text }) => heard.push(text));
    server.add({ text: 'a' });
    off();
    server.add({ text: 'b' });
    globalThis.queueMicrotask = later;
    assert.equal(thrown.length, 2);
    assert.throws(thrown[0], /^Error: mine$/);
    assert.deepEqual(heard, ['a']);
    assert.equal(room.place.offset, 2);
    chat.close();
});

test('names and mentions are compared as the page does it', () => {
    assert.ok(client.sameName('Ann', 'ANN') && mentions('hello @ann!', 'Ann'));
    assert.ok(!mentions('me@ann.example', 'ann'));
});
