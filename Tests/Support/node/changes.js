// Changes of messages: each shows at once, is sent one after the other, again after a lost
// connection, and is undone if the server refuses. Also the emoji that one may react with, and how
// an entry is found.
import assert from 'node:assert/strict';
import test from 'node:test';

const page = new URL('../../../Sources/roost/Page/', import.meta.url);
const load = (name) => import(new URL(name, page));
const { Changes } = await load('changes.js');
const { CommandError, Disconnected } = await load('commands.js');
const { applyChange, asWished, changeAmong, entryOf } = await load('entries.js');
const { oneEmoji } = await load('emoji.js');
const { entryAt, Quotes } = await load('quotes.js');

const settle = () => new Promise((resolve) => setTimeout(resolve));

// A room with one message of ann's, whose server answers what `answers` has next.
function world() {
    const entry = entryOf({ offset: 1, user: 'ann', text: 'one', at: '2026-11-29T18:00:00Z' });
    const sent = [];
    const answers = [];
    const link = {
        command(type, fields) {
            sent.push({ type, ...fields });
            return new Promise((resolve, reject) => answers.push({ resolve, reject }));
        },
    };
    const room = {
        key: 'lobby', epoch: 'e', state: 'joined', position: 1, entries: [entry],
        wishes: new Map(), quoted: new Map(), past: { entries: [] }, link,
    };
    const chat = { me: 'ann', rooms: { get: () => room } };
    const refusals = [];
    const changes = new Changes(chat, {
        changed: () => {}, refused: (sentence) => refusals.push(sentence),
    });
    return { entry, sent, answers, room, chat, refusals, changes };
}

const shown = ({ entry, room }) => asWished(entry, room.wishes);

test('an edition shows at once, and stays until its push is there', async () => {
    const all = world();
    all.changes.edit(all.room, all.entry, 'two');
    assert.equal(shown(all).text, 'two');
    assert.equal(all.entry.text, 'one');
    assert.deepEqual(all.sent, [{ type: 'edit', offset: 1, text: 'two' }]);
    all.answers[0].resolve({ offset: 2 });
    await settle();
    all.changes.render();
    assert.equal(shown(all).text, 'two');
    const push = { type: 'edited', offset: 2, target: 1, user: 'ann', text: 'two' };
    applyChange(all.entry, push);
    all.room.position = 2;
    all.changes.render();
    assert.equal(all.room.wishes.size, 0);
    assert.equal(shown(all).text, 'two');
});

test('after a lost connection it is sent again', async () => {
    const all = world();
    all.changes.react(all.room, all.entry, '👍');
    all.changes.react(all.room, all.entry, '👍');
    assert.deepEqual(shown(all).reactions, {});
    all.room.state = 'away';
    all.answers[0].reject(new Disconnected());
    await settle();
    all.changes.render();
    assert.equal(all.sent.length, 1);
    all.room.state = 'joined';
    all.changes.render();
    assert.deepEqual(all.sent.map(({ emoji }) => emoji), ['👍', '👍']);
    all.answers[1].resolve({ offset: 2 });
    await settle();
    all.changes.render();
    assert.deepEqual(all.sent.map(({ emoji }) => emoji), ['👍', '👍', null]);
});

test('what is refused is undone, with a sentence', async () => {
    const all = world();
    all.changes.edit(all.room, all.entry, 'two');
    all.answers[0].reject(new CommandError({ code: 'forbidden', text: 'It is too old.' }));
    await settle();
    assert.equal(shown(all).text, 'one');
    assert.deepEqual(all.refusals, ['Your change was not made: It is too old.']);
    all.changes.remove(all.room, all.entry);
    assert.ok(shown(all).deleted);
    // It was deleted already: that is what was wished for.
    all.answers[1].reject(new CommandError({ code: 'not_found', text: 'No such message.' }));
    await settle();
    assert.equal(all.refusals.length, 1);
});

test('the room of another numbering, or another user, gets nothing', () => {
    const another = [({ room }) => { room.epoch = 'f'; }, ({ chat }) => { chat.me = 'bob'; }];
    for (const change of another) {
        const all = world();
        all.room.state = 'away';
        all.changes.remove(all.room, all.entry);
        change(all);
        all.room.state = 'joined';
        all.changes.render();
        assert.equal(all.sent.length, 0);
        assert.equal(all.refusals.length, 1);
        assert.ok(!shown(all).deleted);
    }
});

test('a change reaches quotes too, also beside a message that is gone', () => {
    const answer = { offset: 3, reply: 1, item: {} };
    const entries = [null, { offset: 1, text: 'one' }, answer];
    changeAmong(entries, { type: 'edited', offset: 4, target: 1, text: 'two' });
    assert.equal(entries[1].text, 'two');
    assert.equal(answer.item, undefined);
});

test('an emoji is one emoji', () => {
    for (const text of ['👍', '❤️', '👍🏽', '👩‍👩‍👧', '🇩🇪', '1️⃣', ' 🦩 ']) {
        assert.equal(oneEmoji(text), text.trim(), text);
    }
    assert.equal(oneEmoji('❤'), '❤️');
    for (const text of ['', 'a', '1', '👍👍', ':)', '👍a', '<b>', '__proto__']) {
        assert.equal(oneEmoji(text), '', text);
    }
});

test('an entry is found by its offset', () => {
    const entries = [2, 3, 7, 9].map((offset) => ({ offset }));
    for (const entry of entries) assert.equal(entryAt(entries, entry.offset), entry);
    for (const offset of [1, 4, 10, Infinity, undefined]) {
        assert.equal(entryAt(entries, offset), undefined);
    }
});

test('a quoted message is fetched once, and may be gone', async () => {
    const all = world();
    const quotes = new Quotes(() => {});
    all.room.entries.push({ offset: 9, reply: 4, author: 'bob' });
    const item = { entry: all.room.entries[1], past: false };
    assert.equal(quotes.find(all.room, item), undefined);
    quotes.want(all.room, 4);
    quotes.want(all.room, 4);
    assert.deepEqual(all.sent, [{ type: 'history', before: 5, limit: 1 }]);
    all.answers[0].resolve({ messages: [{ offset: 3, user: 'bob' }] });
    await settle();
    assert.equal(quotes.find(all.room, item), null);
    quotes.want(all.room, 4);
    assert.equal(all.sent.length, 1);
});
