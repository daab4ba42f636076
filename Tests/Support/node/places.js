// Whether a room has lost what somebody read in it: a table of what the server answers.
import assert from 'node:assert/strict';
import test from 'node:test';

const { hasBegunAnew } = await import('../../../Sources/roost/Page/places.js');

const message = (offset, epoch) => ({ offset, epoch });
const table = [
    ['an empty room in which nothing was ever said', 0, [], 'new', 0, false],
    ['a room with messages in which nothing was there to be read', 1, [message(1)], 'new', 0, false],
    ['fewer messages than were read', 1, [message(1)], 'old', 2, true],
    ['a message of another epoch at the place', 3, [message(3)], 'new', 3, true],
    ['the same message', 3, [message(3)], 'old', 3, false],
    ['a place before the first message', 9, [message(8), message(9)], 'new', 3, false],
];

for (const [name, offset, messages, epoch, read, isNew] of table) {
    test(name, () => {
        const reply = { offset, epoch, messages };
        assert.equal(hasBegunAnew(reply, { epoch: 'old', offset: read }), isNew);
    });
}
