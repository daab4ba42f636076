// Tests of the page's modules that need no server and no DOM, run by browser_chat.py in the page:
// what each close code leads to, which names are the same, and that a room's window onto its
// messages stays in order, without gaps and bounded, whatever happens. Returns the failures.

async () => {
    const { advice, backoff } = await import('/close-codes.js');
    const { initials, tintCount, tintOf } = await import('/faces.js');
    const { applyChange, entryOf } = await import('/entries.js');
    const { keyOf, mentions, randomID, sameName } = await import('/names.js');
    const { Room, windowLimit } = await import('/room.js');
    const failures = [];
    const check = (fine, what) => {
        if (!fine && failures.length < 20) failures.push(what);
    };

    // Close codes: [code, reason, attempt, least and most seconds, or null for none].
    for (const [code, reason, attempt, least, most] of [
        [1000, '', 0, 0.5, 1],
        [1001, 'Stopping.', 0, 1, 5],
        [1001, 'Stopping.', 9, 1, 5],
        [1006, '', 0, 0.5, 1],
        [1006, '', 3, 4, 8],
        [1006, '', 40, 15, 30],
        [1009, '', 0, 0.5, 1],
        [1011, '', 1, 1, 2],
        [1012, '', 0, 0, 0],
        [1012, '', 2, 2, 4],
        [1013, 'Full. Try again in 20 seconds.', 0, 20, 22],
        [1013, '', 0, 10, 12],
        [4001, 'Too slow.', 0, 0, 0],
        [4002, 'Flooding.', 0, 15, 20],
        [1002, '', 0, null], [1003, '', 0, null], [1007, '', 0, null], [1008, '', 0, null],
        [4003, '', 0, null], [4004, '', 0, null], [4005, '', 0, null],
    ]) {
        for (const luck of [0, 0.5, 0.999999]) {
            const { retry, delay } = advice(code, reason, attempt, () => luck);
            check(retry === (least !== null), `${code}: retry is ${retry}`);
            if (least === null) continue;
            const seconds = delay / 1000;
            check(seconds >= least && seconds <= most, `${code}, ${attempt}: ${seconds} s`);
        }
    }
    check(advice(4003, '', 0).again && advice(4004, '', 0).again, 'a ban may have been lifted');
    check(backoff(0, () => 0) > 0, 'never at once, or it would spin');

    // Names.
    for (const [one, other, same] of [
        ['ann', 'ANN', true], ['Straße', 'STRASSE', true], ['ΣΊΣΥΦΟΣ', 'σίσυφος', true],
        ['e\u0301', '\u00e9', true], ['ann', 'anne', false], ['a-b', 'a_b', false],
        ['STRA\u1e9eEN', 'straßen', true], ['\uff21nn', 'ann', true], ['\ufb01n', 'FIN', true],
    ]) {
        check(sameName(one, other) === same, `${one} and ${other}`);
        if (same) check(tintOf(one) === tintOf(other), `the colours of ${one} and ${other}`);
        check(keyOf(keyOf(one)) === keyOf(one), `the key of the key of ${one}`);
    }
    for (const [name, letters] of [
        ['ann', 'A'], ['ann_lee', 'AL'], ['a-b-c', 'AC'], ['7', '7'], ['ßeta', 'SS'], ['हिन्दी', 'हि'],
        ['x_', 'X'],
    ]) check(initials(name) === letters, `initials of ${name}: ${initials(name)}`);
    for (const [text, found] of [
        ['@ann', true], ['@ANN: hello', true], ['hello @ann!', true], ['(@ann)', true],
        ['@ann, @bob', true], ['@ann.', true], ['@ann...', true], ['@ann- so', true],
        ['@anna @ann', true], ['hallo\n@ann', true], ['@@ann', true],
        ['ann', false], ['hello ann', false], ['@anna', false], ['@ann-lee', false],
        ['@ann.lee', false], ['@ann_', false], ['@ann\u0301', false], ['me@ann', false],
        ['me@ann.example', false], ['\u{1D4D0}@ann', false], ['@ ann', false], ['', false],
    ]) check(mentions(text, 'ann') === found, `@ann in ${text}`);
    check(mentions('@a.b', 'a.b') && !mentions('@axb', 'a.b'), 'a name is no pattern');

    // Colours: those of ann and bob differ, and those of many names are spread evenly.
    check(tintOf('ann') !== tintOf('bob'), 'ann and bob have one colour');
    for (const form of [(n) => `user${n}`, (n) => `${n}`, (n) => String.fromCodePoint(97 + n % 26,
        97 + (n / 26 | 0) % 26, 97 + (n / 676 | 0))]) {
        const counts = new Array(tintCount).fill(0);
        for (let n = 0; n < tintCount * 400; n += 1) counts[tintOf(form(n))] += 1;
        check(counts.every((n) => n > 300 && n < 500), `colours: ${counts}`);
    }

    // Without a secure context there is no `randomUUID`.
    Object.defineProperty(crypto, 'randomUUID', { value: undefined });
    const ids = new Set(Array.from({ length: 100 }, randomID));
    check(ids.size === 100 && [...ids].every((id) => /^[0-9a-f]{32}$/.test(id)), 'random ids');

    // Changes of messages.
    const message = entryOf({ type: 'message', offset: 1, user: 'ann', text: 'a', edited: 4 });
    applyChange(message, { type: 'edited', offset: 3, text: 'older' });
    check(message.text === 'a', 'an edition that the message has already');
    applyChange(message, { type: 'edited', offset: 5, text: 'b' });
    check(message.text === 'b' && message.edited === 5, 'an edition');
    for (const [user, emoji, wanted] of [
        ['bob', '👍', { '👍': ['bob'] }], ['cleo', '👍', { '👍': ['bob', 'cleo'] }],
        ['BOB', '🎉', { '👍': ['cleo'], '🎉': ['BOB'] }], ['cleo', null, { '🎉': ['BOB'] }],
    ]) {
        applyChange(message, { type: 'reaction', offset: 6, user, emoji });
        const got = JSON.stringify(message.reactions);
        check(got === JSON.stringify(wanted), `reactions: ${got}`);
    }
    applyChange(message, { type: 'deleted', offset: 9 });
    applyChange(message, { type: 'edited', offset: 10, text: 'c' });
    check(message.text === '' && message.deleted === 9 && !message.reactions, 'a deletion');

    // A room against a server with all its messages: any order of pushes, pages, cuts.
    let seed = 1;
    const random = (limit) => {
        seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
        return (seed >>> 8) % limit;
    };
    for (let run = 0; run < 20; run += 1) {
        const server = [];
        let kept = 0; // messages the server no longer has
        let epoch = 0;
        const places = []; // the epoch of each message
        const post = (count) => {
            for (let n = 0; n < count; n += 1) {
                const offset = server.length + 1;
                const message = { offset, user: n % 3 ? 'bob' : 'ann', text: `${offset}`, at: '' };
                if (offset > 1 && places.at(-1) !== epoch) message.epoch = `${epoch}`;
                const target = 1 + random(offset);
                if (random(4) === 0 && server[target - 1]?.text === `${target}`) {
                    Object.assign(message, { type: 'edited', target, text: `now ${offset}` });
                }
                server.push(message);
                places.push(epoch);
            }
        };
        // Messages as they are now; a change stays as it was.
        const present = (entry) => {
            const edited = server.findLast(({ target }) => target === entry.offset);
            return edited ? { ...entry, text: edited.text, edited: edited.offset } : entry;
        };
        const from = (start, end) =>
            server.slice(Math.max(start, kept), Math.max(end, kept)).map(present);
        const join = () => {
            // The room of the connection keeps the same place.
            const since = room.epoch === null
                ? undefined : { epoch: room.placeEpoch, offset: room.position };
            const there = since?.offset > 0 ? places[since.offset - 1] : places[0] ?? epoch;
            const recovered = since?.epoch === `${there}` && since.offset >= kept;
            const end = server.length;
            const messages = recovered ? from(since.offset, end) : from(end - 50, end);
            const newest = places.at(-1) ?? epoch;
            const first = messages.length > 0 ? places[messages[0].offset - 1] : newest;
            const reply = {
                room: 'r', epoch: `${newest}`, offset: end, recovered, messages, count: 1,
                ...(first === newest ? {} : { first_epoch: `${first}` }),
            };
            const pastLength = room.past.length;
            const numbering = room.epoch;
            room.applyJoined(reply, 'ann', undefined, true);
            check(!recovered || (room.past.length <= pastLength && room.epoch === numbering),
                `run ${run}: a break without one, from ${since?.epoch} to ${newest}`);
        };
        const room = new Room('r');
        post(random(300));
        join();
        for (let step = 0; step < 200; step += 1) {
            const first = room.first?.offset ?? 1;
            const last = room.last?.offset ?? 0;
            switch (random(24) === 0 ? 7 : random(7)) {
                case 0:
                case 1: {
                    const before = server.length;
                    post(random(160));
                    for (const message of server.slice(before)) room.applyEntry(message, 'ann');
                    break;
                }
                case 2:
                    if (first > 1) {
                        const page = from(first - 1 - 50, first - 1);
                        room.prepend(page, first - 1 - 50 > kept);
                    }
                    break;
                case 3:
                    if (!room.atEnd) room.append(from(last, last + 50), last + 50 < server.length);
                    break;
                case 4:
                    if (!room.atEnd) room.replace(from(server.length - 100, server.length), true);
                    break;
                case 5:
                    room.following = !room.following;
                    break;
                case 7: // The server is restarted, and has forgotten everything.
                    room.disconnected();
                    server.length = places.length = kept = 0;
                    epoch += 1;
                    post(random(3) * 40);
                    join();
                    break;
                default:
                    room.disconnected();
                    // The server may be another process, which goes on with what is kept.
                    if (random(2)) epoch += 1;
                    post(random(random(4) ? 80 : 600));
                    kept = Math.max(kept, server.length - 400);
                    join();
            }
            const offsets = room.entries.map(({ offset }) => offset);
            const held = offsets.length + room.past.length;
            check(held <= windowLimit, `${held} messages held`);
            const past = room.past.entries;
            check(past.every(({ epoch, offset, end }, n) => {
                const next = past[n + 1] ?? { epoch: room.epoch, offset: offsets[0] };
                return end || (next.epoch === epoch && next.offset === offset + 1);
            }), `run ${run}, step ${step}: a gap without a mark`);
            check(offsets.every((offset, n) => n === 0 || offset === offsets[n - 1] + 1),
                `run ${run}, step ${step}: a hole or a double`);
            check(room.position === server.length, `run ${run}, step ${step}: the position`);
            check(server.length === 0 || room.placeEpoch === `${places.at(-1)}`,
                `run ${run}, step ${step}: the epoch ${room.placeEpoch} of the position`);
            if (room.atEnd && offsets.length > 0) {
                check(offsets.at(-1) === server.length, `run ${run}, step ${step}: the end`);
                check(room.entries.every(({ offset, text }) =>
                    text === present(server[offset - 1]).text),
                `run ${run}, step ${step}: an edition is missing`);
            }
        }
    }
    return failures;
}
