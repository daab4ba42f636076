// Tests of the page's modules that need no server and no DOM, run by browser_chat.py in the page:
// what each close code leads to, which names are the same, and that a room's window onto its
// messages stays in order, without gaps and bounded, whatever happens. Returns the failures.

async () => {
    const { advice, backoff } = await import('/close-codes.js');
    const { initials, keyOf, mentions, randomID, sameName, tintOf } = await import('/names.js');
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
        [4003, '', 0, null], [4004, '', 0, null],
    ]) {
        for (const luck of [0, 0.5, 0.999999]) {
            const { retry, delay } = advice(code, reason, attempt, () => luck);
            check(retry === (least !== null), `${code}: retry is ${retry}`);
            if (least === null) continue;
            const seconds = delay / 1000;
            check(seconds >= least && seconds <= most, `${code}, ${attempt}: ${seconds} s`);
        }
    }
    check(advice(4003, '', 0).again && !advice(4004, '', 0).again, 'a ban is final, a kick is not');
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
        ['ann', true], ['@ANN: hello', true], ['hello ann!', true], ['anna', false],
        ['Joann', false], ['joann, ann', true], ['', false],
    ]) check(mentions(text, 'ann') === found, `ann in ${text}`);

    // Without a secure context there is no `randomUUID`.
    Object.defineProperty(crypto, 'randomUUID', { value: undefined });
    const ids = new Set(Array.from({ length: 100 }, randomID));
    check(ids.size === 100 && [...ids].every((id) => /^[0-9a-f]{32}$/.test(id)), 'random ids');

    // A room against a server with all its messages: any order of pushes, pages, cuts.
    let seed = 1;
    const random = (limit) => {
        seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
        return (seed >>> 8) % limit;
    };
    for (let run = 0; run < 20; run += 1) {
        const server = [];
        let kept = 0; // messages the server no longer has
        const post = (count) => {
            for (let n = 0; n < count; n += 1) {
                const offset = server.length + 1;
                server.push({ offset, user: n % 3 ? 'bob' : 'ann', text: `${offset}`, at: '' });
            }
        };
        const from = (start, end) => server.slice(Math.max(start, kept), Math.max(end, kept));
        const join = () => {
            const { since } = room;
            const recovered = since !== undefined && since.offset >= kept;
            const end = server.length;
            const messages = recovered ? from(since.offset, end) : from(end - 50, end);
            room.applyJoined(
                { room: 'r', epoch: 'e', offset: end, recovered, messages, count: 1 }, 'ann');
        };
        const room = new Room('r');
        post(random(300));
        join();
        for (let step = 0; step < 200; step += 1) {
            const first = room.first?.offset ?? 1;
            const last = room.last?.offset ?? 0;
            switch (random(7)) {
                case 0:
                case 1: {
                    const before = server.length;
                    post(random(60));
                    for (const message of server.slice(before)) room.applyMessage(message, 'ann');
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
                default:
                    room.disconnected();
                    post(random(80));
                    kept = Math.max(kept, server.length - 400);
                    join();
            }
            const offsets = room.entries.map(({ offset }) => offset);
            check(offsets.length <= windowLimit, `${offsets.length} messages held`);
            check(offsets.every((offset, n) => n === 0 || offset === offsets[n - 1] + 1),
                `run ${run}, step ${step}: a hole or a double`);
            check(room.position === server.length, `run ${run}, step ${step}: the position`);
            if (room.atEnd && offsets.length > 0) {
                check(offsets.at(-1) === server.length, `run ${run}, step ${step}: the end`);
            }
        }
    }
    return failures;
}
