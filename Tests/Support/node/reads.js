// How far the user has read: asked for after a login, and told to the server once a second at most.
import assert from 'node:assert/strict';
import test, { mock } from 'node:test';

globalThis.addEventListener ??= () => {};
globalThis.document ??= { addEventListener() {}, hidden: false };
const { Reads } = await import('../../../Sources/roost/Page/reads.js');

// `fails`: how many commands are lost with the connection.
function start({ capabilities = ['mine', 'read'], mine = [], fails = 0 } = {}) {
    const sent = [];
    const lost = { fails };
    const send = (type, fields) => {
        sent.push({ type, ...fields });
        if (lost.fails === 0) return Promise.resolve({ rooms: mine });
        lost.fails -= 1;
        return Promise.reject(new Error('lost'));
    };
    const reads = new Reads({ welcome: { capabilities }, command: send });
    const room = {
        key: 'lobby', state: 'joined', readTo: 0,
        link: { command: (type, fields) => send(type, { room: 'lobby', ...fields }) },
    };
    return { reads, room, sent };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

// The timers' clock, and that of the module.
function withClock(run) {
    return async () => {
        mock.timers.enable({ apis: ['setTimeout'] });
        let now = 10_000;
        mock.method(performance, 'now', () => now);
        try {
            await run(async (milliseconds) => {
                now += milliseconds;
                mock.timers.tick(milliseconds);
                await settled();
            });
        } finally {
            mock.restoreAll();
            mock.timers.reset();
        }
    };
}

test('once a second at most, and only what is further', withClock(async (pass) => {
    const { reads, room, sent } = start();
    for (let offset = 1; offset <= 30; offset += 1) {
        room.readTo = offset;
        reads.note(room);
        await pass(100);
    }
    await pass(2000);
    const offsets = sent.map(({ offset }) => offset);
    assert.equal(offsets.at(-1), 30);
    assert.ok(offsets.length <= 5, offsets.join());
    reads.note(room);
    await pass(2000);
    assert.equal(sent.length, offsets.length);
}));

test('what the server has said already is not said again', withClock(async (pass) => {
    const { reads, room, sent } = start({
        mine: [{ room: 'Lobby', offset: 9, read: 7, unread: 2, mentions: 0 }],
    });
    assert.equal((await reads.ask()).length, 1);
    assert.equal(reads.of(room).read, 7);
    room.readTo = 7;
    reads.note(room);
    await pass(2000);
    assert.deepEqual(sent.map(({ type }) => type), ['mine']);
    // Another device has read further.
    reads.heard(room, { offset: 9 });
    room.readTo = 9;
    reads.note(room);
    await pass(2000);
    assert.equal(sent.length, 1);
}));

test('what was lost with the connection is said after the next', withClock(async (pass) => {
    const { reads, room, sent } = start({ fails: 1 });
    room.readTo = 3;
    reads.note(room);
    await pass(2000);
    room.state = 'away';
    reads.goOn();
    await pass(2000);
    assert.equal(sent.length, 1);
    room.state = 'joined';
    reads.goOn();
    await pass(2000);
    assert.deepEqual(sent.map(({ offset }) => offset), [3, 3]);
}));

test('a server that cannot do this is left alone', withClock(async (pass) => {
    const { reads, room, sent } = start({ capabilities: [] });
    assert.deepEqual(await reads.ask(), []);
    room.readTo = 3;
    reads.note(room);
    await pass(2000);
    assert.deepEqual(sent, []);
}));
