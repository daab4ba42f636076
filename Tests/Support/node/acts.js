// What moderators do: how a room keeps it, and in which words the page says it.
import assert from 'node:assert/strict';
import test from 'node:test';

globalThis.document ??= { addEventListener() {}, querySelectorAll: () => [], hidden: false };
const page = '../../../Sources/roost/Page/';
const { lineOf } = await import(`${page}acts.js`);
const { Company } = await import(`${page}company.js`);
const { lasting } = await import(`${page}format.js`);

const came = Date.parse('2026-11-29T12:00:00Z');
const after = (seconds) => new Date(came + seconds * 1000).toISOString();
const push = (action, more = {}) => ({ action, user: 'bob', everywhere: false, by: 'ann', ...more });
const place = { epoch: 'e', after: 3, came };

test('a time is said in the unit in which it is whole', () => {
    const table = [
        [600, '10 minutes'], [599.9, '10 minutes'], [3_600, '1 hour'], [3_599, '1 hour'],
        [5_400, '90 minutes'], [86_400, '1 day'], [259_199, '3 days'], [1, '1 minute'],
    ];
    for (const [seconds, said] of table) assert.equal(lasting(seconds), said);
});

test('a line says who has done what, for how long, where and why', () => {
    const table = [
        [push('mute', { until: after(600), reason: 'slow down' }),
            'ann muted bob for 10 minutes: slow down'],
        [push('ban'), 'ann banned bob for good.'],
        [push('ban', { by: undefined, until: after(3_600), everywhere: true }),
            'An operator banned bob for 1 hour (everywhere).'],
        [push('kick', { reason: 'enough' }), 'ann sent bob out: enough'],
        [push('unban'), 'ann lifted the ban of bob.'],
        [push('unmute'), 'ann lets bob write again.'],
    ];
    for (const [act, said] of table) assert.equal(lineOf({ ...act, came }), said);
});

test('a room knows what holds for this user', () => {
    const room = new Company();
    room.applyAct(push('mute', { until: after(60) }), place, 'ann');
    assert.equal(room.mutedNow(came), null, 'another one');
    room.applyAct(push('mute', { until: after(60) }), place, 'BOB');
    assert.equal(room.mutedNow(came)?.action, 'mute');
    room.applyAct(push('unmute', { everywhere: true }), place, 'bob');
    assert.ok(room.mutedNow(came + 59_000), 'that was another mute');
    assert.equal(room.mutedNow(came + 60_000), null, 'its time is over');
    room.applyAct(push('mute'), place, 'bob');
    room.applyAct(push('unmute'), place, 'bob');
    assert.equal(room.mutedNow(came), null);
    room.applyAct(push('ban'), place, 'bob');
    assert.equal(room.verdict.action, 'ban');
    room.enter({ members: [], muted: { everywhere: true }, creator: 'ann' });
    assert.equal(room.verdict, null);
    assert.ok(room.mutedNow() && room.creator === 'ann');
});

test('a room keeps the last 50 acts, each with a number of its own', () => {
    const room = new Company();
    for (let count = 0; count < 120; count += 1) room.applyAct(push('kick'), place, 'ann');
    assert.equal(room.acts.length, 50);
    assert.deepEqual(room.acts.map(({ number }) => number),
        Array.from({ length: 50 }, (_, index) => index + 71));
});
