// Links to rooms and to messages: there and back, and what somebody may have typed.
import assert from 'node:assert/strict';
import test from 'node:test';

const { hashOf, linkTo, placeIn } = await import('../../../Sources/roost/Page/links.js');

const table = [
    ['', '', null], ['#lobby', 'lobby', null], ['#lobby/42', 'lobby', 42], ['#lobby%2F42', 'lobby', 42],
    ['#lobby/', 'lobby/', null], ['#lobby/x', 'lobby/x', null], ['#lobby/-1', 'lobby/-1', null],
    ['#a/b/7', 'a/b', 7], ['#/7', '', 7], ['#50%', '50%', null], ['#%E0%A4%A/3', '%E0%A4%A', 3],
    ['#caf%C3%A9/3', 'café', 3], ['#lobby/1234567890123456', 'lobby/1234567890123456', null],
];

for (const [hash, room, offset] of table) {
    test(`place in ${hash}`, () => assert.deepEqual(placeIn(hash), { room, offset }));
}

test('a link leads back to its message', () => {
    for (const name of ['lobby', 'café', '部屋', 'a-b.c_d']) {
        const page = { href: 'https://example.org/chat/?from=mail#old' };
        const address = linkTo({ name }, { offset: 42 }, page);
        assert.ok(address.startsWith('https://example.org/chat/?from=mail#'), address);
        assert.deepEqual(placeIn(new URL(address).hash), { room: name, offset: 42 });
        assert.deepEqual(placeIn(hashOf({ name })), { room: name, offset: null });
    }
});
