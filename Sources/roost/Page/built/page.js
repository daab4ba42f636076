'use strict';
(function () {
const m0 = (() => {
class CommandError extends Error {
constructor(reply) {
super(reply.text);
this.code = reply.code;
this.retryAfter = reply.retry_after_ms;
}
}
class Disconnected extends Error {}
const shortestRetry = 250;
const longestRetry = 60_000;
class Commands {
#connection;
#waiting = new Map();
#last = 0;
#generation = 0;
constructor(connection) {
this.#connection = connection;
}
async request(command) {
const generation = this.#generation;
for (;;) {
try {
return await this.#once(command);
} catch (error) {
if (!(error instanceof CommandError) || error.code !== 'rate_limited') throw error;
const wait = error.retryAfter ?? 1000;
await pause(Math.min(longestRetry, Math.max(shortestRetry, wait)));
if (generation !== this.#generation) throw new Disconnected();
}
}
}
tell(command) {
this.#connection.send(command);
}
settle(reply) {
const promise = this.#waiting.get(reply.ref);
if (promise) {
this.#waiting.delete(reply.ref);
if (reply.type === 'error') promise.reject(new CommandError(reply));
else promise.resolve(reply);
}
if (this.#waiting.size > 0) this.#connection.expect();
return Boolean(promise);
}
abandon() {
this.#generation += 1;
const broken = [...this.#waiting.values()];
this.#waiting.clear();
for (const promise of broken) promise.reject(new Disconnected());
}
#once(command) {
return new Promise((resolve, reject) => {
const ref = String((this.#last += 1));
if (!this.#connection.send({ ...command, ref })) {
reject(new Disconnected());
return;
}
this.#waiting.set(ref, { resolve, reject });
this.#connection.expect();
});
}
}
function pause(milliseconds) {
return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
return { CommandError, Disconnected, Commands };
})();
const m1 = (() => {
const second = 1000;
const longestDelay = 30 * second;
function backoff(attempt, random = Math.random) {
const ceiling = Math.min(longestDelay, second * 2 ** Math.min(attempt, 10));
return ceiling / 2 + (random() * ceiling) / 2;
}
function secondsIn(reason, otherwise) {
const found = /(\d{1,4})\s*s/.exec(reason);
return (found ? Number(found[1]) : otherwise) * second;
}
function advice(code, reason, attempt, random = Math.random) {
const after = (delay) => ({ retry: true, delay });
switch (code) {
case 1001:
return after(second + random() * 4 * second);
case 1012:
case 4001:
return after(attempt === 0 ? 0 : backoff(attempt, random));
case 1013:
return after(secondsIn(reason, 10) + random() * 2 * second);
case 4002:
return after(secondsIn(reason, 15) + random() * 5 * second);
case 1002:
case 1003:
case 1007:
case 1008:
case 4003:
return { retry: false, again: true };
case 4004:
return { retry: false, again: false };
default:
return after(backoff(attempt, random));
}
}
return { backoff, advice };
})();
const m2 = (() => {
const { advice, backoff } = m1;
const connectDeadline = 10_000;
const replyDeadline = 15_000;
const stableAfter = 5_000;
function chatAddress(location) {
const address = new URL('chat', location.href);
address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
return address.href;
}
class Connection {
state = { phase: 'idle' };
#address;
#events;
#socket = null;
#attempt = 0;
#retryTimer = 0;
#stableTimer = 0;
#deadline = 0;
constructor(address, events) {
this.#address = address;
this.#events = events;
addEventListener('online', () => this.#lookAgain());
addEventListener('offline', () => this.#lookAgain());
addEventListener('pageshow', () => this.#lookAgain());
document.addEventListener('visibilitychange', () => {
if (!document.hidden) this.#lookAgain();
});
}
open() {
if (this.state.phase === 'connecting' || this.state.phase === 'open') return;
this.#attempt = 0;
this.#connect();
}
retryNow() {
if (this.state.phase === 'waiting' || this.state.phase === 'stopped') this.#connect();
}
close() {
this.#letGo(1000);
this.#enter({ phase: 'idle' });
}
send(object) {
if (this.state.phase !== 'open') return false;
this.#socket.send(JSON.stringify(object));
return true;
}
expect(milliseconds = replyDeadline) {
if (this.#deadline || this.state.phase !== 'open') return;
this.#deadline = setTimeout(() => this.#lost(1006, 'No answer.'), milliseconds);
}
#lookAgain() {
if (this.state.phase === 'waiting') {
if (navigator.onLine && this.state.code === 1006) this.#connect();
else this.#events.changed();
} else if (this.state.phase === 'open') {
this.#events.probe();
}
}
#connect() {
this.#letGo();
this.#enter({ phase: 'connecting', attempt: this.#attempt });
let socket;
try {
socket = new WebSocket(this.#address, 'roost.v1');
} catch (error) {
this.#enter({ phase: 'stopped', code: 0, reason: String(error), again: true });
return;
}
this.#socket = socket;
this.#deadline = setTimeout(() => this.#lost(1006, 'No answer.'), connectDeadline);
socket.onopen = () => {
this.#arrived();
this.#stableTimer = setTimeout(() => (this.#attempt = 0), stableAfter);
this.#enter({ phase: 'open' });
this.#events.opened();
};
socket.onmessage = (event) => {
this.#arrived();
let object = null;
try {
object = JSON.parse(event.data);
} catch {
return;
}
if (object && typeof object.type === 'string') this.#events.received(object);
};
socket.onclose = (event) => this.#lost(event.code, event.reason);
}
#arrived() {
clearTimeout(this.#deadline);
this.#deadline = 0;
}
#lost(code, reason) {
const wasOpen = this.state.phase === 'open';
this.#letGo();
const next = advice(code, reason, this.#attempt);
this.#attempt += 1;
if (next.retry) {
const delay = wasOpen || next.delay > 0 ? next.delay : backoff(this.#attempt);
this.#retryTimer = setTimeout(() => this.#connect(), delay);
this.#enter({ phase: 'waiting', retryAt: Date.now() + delay, code, reason });
} else {
this.#enter({ phase: 'stopped', code, reason, again: next.again });
}
this.#events.closed(code);
}
#letGo(code) {
clearTimeout(this.#retryTimer);
clearTimeout(this.#stableTimer);
this.#arrived();
const socket = this.#socket;
this.#socket = null;
if (!socket) return;
socket.onopen = socket.onmessage = socket.onclose = null;
socket.close(code);
}
#enter(state) {
this.state = state;
this.#events.changed();
}
}
return { chatAddress, Connection };
})();
const m3 = (() => {
const { CommandError, Disconnected } = m0;
const pageLimit = 50;
const snapshotLimit = 100;
class History {
#commands;
#changed;
constructor(commands, changed) {
this.#commands = commands;
this.#changed = changed;
}
async older(room) {
if (room.older !== 'unknown' || room.state !== 'joined' || !room.first) return;
room.older = 'loading';
const range = { before: room.first.offset, limit: pageLimit };
await this.#page(room, range, (messages, more) => room.prepend(messages, more), 'older');
}
async newer(room) {
if (room.atEnd || room.newer !== 'unknown' || room.state !== 'joined') return;
room.newer = 'loading';
const range = { after: room.last?.offset ?? room.position, limit: pageLimit };
await this.#page(room, range, (messages, more) => room.append(messages, more), 'newer');
if (room.newer === 'loading') room.newer = 'unknown';
}
async newest(room) {
room.following = true;
this.#changed();
if (room.atEnd || room.state !== 'joined') return;
const range = { before: room.position + 1, limit: snapshotLimit };
await this.#page(room, range, (messages, more) => room.replace(messages, more));
}
async #page(room, range, apply, direction) {
this.#changed();
const { epoch, name } = room;
try {
const reply = await this.#commands.request({ type: 'history', room: name, ...range });
if (room.epoch === epoch) apply(reply.messages, reply.more);
} catch (error) {
if (error instanceof CommandError) {
if (direction) room[direction] = 'refused';
} else if (!(error instanceof Disconnected)) {
throw error;
}
}
this.#changed();
}
}
return { History };
})();
const m4 = (() => {
const tintCount = 12;
const keyOf = (name) => name.toUpperCase().toLowerCase().normalize('NFC');
const sameName = (one, other) => keyOf(one) === keyOf(other);
function firstCharacter(text) {
if ('Segmenter' in Intl) {
for (const { segment } of new Intl.Segmenter().segment(text)) return segment;
}
return [...text][0] ?? '';
}
function initials(name) {
const parts = name.split(/[-_.]+/u).filter(Boolean);
const letters = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : [name];
return letters.map((part) => firstCharacter(part).toUpperCase()).join('');
}
function tintOf(name) {
let hash = 0x811c9dc5;
for (const character of keyOf(name)) {
hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
}
return (hash >>> 0) % tintCount;
}
function compareNames(one, other) {
return one.localeCompare(other, undefined, { sensitivity: 'base', numeric: true });
}
function randomID() {
if (crypto.randomUUID) return crypto.randomUUID();
const bytes = crypto.getRandomValues(new Uint8Array(16));
return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
function mentions(text, name) {
const folded = keyOf(text);
const wanted = keyOf(name);
const partOfName = /[\p{L}\p{M}\p{N}_]/u;
for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
const before = at > 0 ? folded[at - 1] : ' ';
const after = folded[at + wanted.length] ?? ' ';
if (!partOfName.test(before) && !partOfName.test(after)) return true;
}
return false;
}
return { tintCount, keyOf, sameName, initials, tintOf, compareNames, randomID, mentions };
})();
const m5 = (() => {
const usersKey = 'roost.users';
const lastKey = 'roost.name';
const tabKey = 'roost.tab';
const outboxKey = 'roost.outbox';
const userLimit = 8;
function read(store, key, otherwise) {
try {
return JSON.parse(store().getItem(key)) ?? otherwise;
} catch {
return otherwise;
}
}
function write(store, key, value) {
try {
if (value === null) store().removeItem(key);
else store().setItem(key, JSON.stringify(value));
} catch {
}
}
const everyTab = () => localStorage;
const thisTab = () => sessionStorage;
const lastName = () => read(everyTab, lastKey, '');
const setLastName = (name) => write(everyTab, lastKey, name);
const tabName = () => read(thisTab, tabKey, '');
const setTabName = (name) => write(thisTab, tabKey, name || null);
const unsent = () => read(thisTab, outboxKey, []);
const setUnsent = (items) => write(thisTab, outboxKey, items.length ? items : null);
function userRecord(key) {
const record = read(everyTab, usersKey, []).find((entry) => entry.key === key);
return { session: undefined, rooms: [], read: {}, ...record };
}
function keepUserRecord(key, record) {
const others = read(everyTab, usersKey, []).filter((entry) => entry.key !== key);
write(everyTab, usersKey, [{ ...record, key }, ...others].slice(0, userLimit));
}
return { lastName, setLastName, tabName, setTabName, unsent, setUnsent, userRecord, keepUserRecord };
})();
const m6 = (() => {
const forProgrammers = new Set(['bad_json', 'bad_request', 'unknown_type', 'not_logged_in']);
const misunderstood = 'This page and the server did not understand each other. Load the page anew.';
function wordsForError(error) {
if (forProgrammers.has(error.code) || !error.message) return misunderstood;
return error.message;
}
const closeWords = {
1001: 'The server is stopping.',
1006: 'Connection lost.',
1008: 'The server closed the connection.',
1011: 'The server ran into a fault.',
1012: 'The server is restarting.',
1013: 'The server is full at the moment.',
4001: 'This connection fell behind.',
4002: 'That was too much at once.',
4003: 'You were sent out.',
4004: 'You are banned.',
};
function wordsForState(state, online) {
const isFull = state.code === 1013 && state.reason;
const cause = isFull ? state.reason : closeWords[state.code] ?? 'Connection lost.';
switch (state.phase) {
case 'connecting':
return state.attempt > 0 ? 'Reconnecting…' : 'Connecting…';
case 'open':
return 'Connected';
case 'waiting':
return online || isFull ? cause : 'You are offline.';
case 'stopped':
return state.reason || cause;
default:
return '';
}
}
return { wordsForError, wordsForState };
})();
const m7 = (() => {
const { CommandError, Disconnected } = m0;
const { randomID } = m4;
const { setUnsent, unsent } = m5;
const { wordsForError } = m6;
class Outbox {
items = [];
#commands;
#rooms;
#changed;
#busy = false;
constructor(commands, rooms, changed) {
this.#commands = commands;
this.#rooms = rooms;
this.#changed = changed;
}
restore(user) {
this.items = unsent().filter((item) => item.user === user);
for (const item of this.items) if (item.state !== 'failed') item.state = 'waiting';
}
of(room) {
return this.items.filter((item) => item.room === room.key);
}
add(user, room, text) {
const at = new Date().toISOString();
this.items.push({ id: randomID(), user, room: room.key, text, at, state: 'waiting' });
this.#keep();
this.pump();
}
retry(item) {
item.state = 'waiting';
this.#keep();
this.pump();
}
discard(item) {
this.items = this.items.filter((other) => other !== item);
this.#keep();
}
forget(room) {
this.items = this.items.filter((item) => item.room !== room.key);
this.#keep();
}
arrived(id) {
const item = this.items.find((candidate) => candidate.id === id);
if (item) this.discard(item);
}
async pump() {
if (this.#busy) return;
const item = this.items.find(
({ state, room }) => state === 'waiting' && this.#rooms.get(room)?.state === 'joined');
if (!item) return;
this.#busy = true;
await this.#send(item, this.#rooms.get(item.room));
this.#busy = false;
this.#keep();
if (item.state !== 'waiting') this.pump();
}
async #send(item, room) {
item.state = 'sending';
this.#changed();
try {
const { name } = room;
const { id, text } = item;
const reply = await this.#commands.request({ type: 'message', room: name, text, id });
item.state = 'sent';
if (reply.offset <= room.position) this.discard(item);
} catch (error) {
if (error instanceof Disconnected) {
item.state = 'waiting';
} else {
item.state = 'failed';
item.problem = wordsForError(error);
if (!(error instanceof CommandError)) console.error(error);
}
}
}
#keep() {
setUnsent(this.items);
this.#changed();
}
}
return { Outbox };
})();
const m8 = (() => {
const { keyOf } = m4;
const { keepUserRecord, userRecord } = m5;
const saveAfter = 500;
class Record {
#key = '';
#stored = { session: undefined, rooms: [], read: {} };
#timer = 0;
load(user) {
this.#key = keyOf(user);
this.#stored = userRecord(this.#key);
}
get session() {
return this.#stored.session;
}
set session(session) {
this.#stored.session = session;
}
get roomNames() {
return this.#stored.rooms;
}
readTo(room) {
return this.#stored.read[room.key];
}
saveSoon(rooms) {
clearTimeout(this.#timer);
this.#timer = setTimeout(() => this.save(rooms), saveAfter);
}
save(rooms) {
clearTimeout(this.#timer);
const { session, read: before } = this.#stored;
const read = {};
for (const { key, epoch, readTo } of rooms) {
if (epoch !== null && readTo !== null) read[key] = { epoch, offset: readTo };
else if (before[key]) read[key] = before[key];
}
this.#stored = { session, rooms: rooms.map(({ name }) => name), read };
keepUserRecord(this.#key, this.#stored);
}
}
return { Record };
})();
const m9 = (() => {
const { keyOf, mentions, sameName } = m4;
const windowLimit = 1000;
const typingLasts = 5_000;
const entryOf = ({ offset, user, text, at, id }) => ({ offset, user, text, at, id });
class Room {
state = 'away';
problem = '';
draft = '';
epoch = null;
position = -1;
entries = [];
atEnd = true;
following = true;
older = 'unknown';
newer = 'unknown';
members = null;
count = 0;
typing = new Map();
unread = 0;
mentioned = false;
readTo = null;
newFrom = null;
missed = null;
constructor(name) {
this.name = name;
this.key = keyOf(name);
}
get since() {
return this.epoch === null ? undefined : { epoch: this.epoch, offset: this.position };
}
get first() {
return this.entries[0];
}
get last() {
return this.entries[this.entries.length - 1];
}
applyJoined(reply, me, read) {
const resumed = reply.recovered === true && this.epoch === reply.epoch;
const before = this.epoch;
this.state = 'joined';
this.problem = '';
this.name = reply.room;
this.setMembers(reply);
if (resumed) {
for (const message of reply.messages) this.applyMessage(message, me);
return;
}
this.entries = reply.messages.map(entryOf);
this.epoch = reply.epoch;
this.position = reply.offset;
this.atEnd = true;
this.older = (this.first?.offset ?? 1) > 1 ? 'unknown' : 'none';
this.missed = null;
if (before !== null) {
const offset = this.first?.offset ?? reply.offset + 1;
this.missed = { before: offset, restarted: before !== reply.epoch };
}
this.#countUnread(me, read, before);
}
#countUnread(me, read, before) {
if (before === null) {
this.readTo = read?.epoch === this.epoch ? read.offset : this.position;
} else if (before !== this.epoch || this.readTo === null) {
this.readTo = (this.first?.offset ?? this.position + 1) - 1;
}
const fresh = this.entries.filter(
(entry) => entry.offset > this.readTo && !sameName(entry.user, me));
const unseen = (this.first?.offset ?? this.position + 1) - 1 - this.readTo;
this.unread = fresh.length + Math.max(0, unseen);
this.newFrom = fresh.length > 0 ? fresh[0].offset : null;
this.mentioned = fresh.some((entry) => mentions(entry.text, me));
}
applyMessage(message, me, watched = false) {
if (message.offset <= this.position) return;
this.position = message.offset;
this.typing.delete(keyOf(message.user));
if (this.atEnd) this.#append(message);
if (watched) this.readTo = this.position;
if (watched || sameName(message.user, me)) return;
if (this.unread === 0) this.newFrom = message.offset;
this.unread += 1;
if (mentions(message.text, me)) this.mentioned = true;
}
#append(message) {
if (this.entries.length >= windowLimit && !this.following) {
this.atEnd = false;
return;
}
this.entries.push(entryOf(message));
this.#dropOldest();
}
#dropOldest() {
const surplus = this.entries.length - windowLimit;
if (surplus <= 0) return;
this.entries.splice(0, surplus);
this.older = 'unknown';
if (this.missed && this.missed.before < this.first.offset) this.missed = null;
}
prepend(messages, more) {
const first = this.first?.offset ?? Infinity;
const page = messages.filter(({ offset }) => offset < first).map(entryOf);
this.older = more && page.length > 0 ? 'unknown' : 'none';
if (page.length > 0 && this.missed?.before === first && !this.missed.restarted) {
this.missed = null;
}
this.entries.unshift(...page);
const surplus = this.entries.length - windowLimit;
if (surplus > 0) {
this.entries.length = windowLimit;
this.atEnd = false;
}
}
append(messages, more) {
const last = this.last?.offset ?? -1;
this.entries.push(...messages.filter(({ offset }) => offset > last).map(entryOf));
this.#dropOldest();
this.atEnd = !more || (this.last?.offset ?? -1) >= this.position;
}
replace(messages, more) {
this.entries = messages.map(entryOf);
this.older = more ? 'unknown' : 'none';
this.missed = null;
this.position = Math.max(this.position, this.last?.offset ?? -1);
this.atEnd = (this.last?.offset ?? this.position) >= this.position;
}
applyDeleted(offset) {
const entry = this.entries.find((candidate) => candidate.offset === offset);
if (!entry) return;
entry.deleted = true;
entry.text = '';
}
applyPresence(push) {
this.count = push.count ?? this.count;
if (push.event === 'count') this.members = null;
else if (push.event === 'join') this.members?.set(keyOf(push.user), push.user);
else if (push.event === 'leave') {
this.members?.delete(keyOf(push.user));
this.typing.delete(keyOf(push.user));
}
}
setMembers(reply) {
this.count = reply.count ?? reply.members?.length ?? 0;
this.members = reply.members
? new Map(reply.members.map((name) => [keyOf(name), name]))
: null;
}
applyTyping(user) {
this.typing.set(keyOf(user), { name: user, until: Date.now() + typingLasts });
}
typingNow(now = Date.now()) {
for (const [key, { until }] of this.typing) if (until <= now) this.typing.delete(key);
return [...this.typing.values()].map(({ name }) => name);
}
disconnected() {
this.state = 'away';
this.typing.clear();
if (this.older !== 'none') this.older = 'unknown';
this.newer = 'unknown';
}
markRead() {
this.readTo = this.position;
this.unread = 0;
this.mentioned = false;
}
}
return { windowLimit, typingLasts, Room };
})();
const m10 = (() => {
const { CommandError, Disconnected } = m0;
const { keyOf } = m4;
const { Room } = m9;
const { wordsForError } = m6;
const firstRoom = 'lobby';
const snapshotLimit = 100;
const resumeLimit = 200;
class Rooms {
current = null;
problem = '';
#all = new Map();
#commands;
#record;
#events;
constructor(commands, record, events) {
this.#commands = commands;
this.#record = record;
this.#events = events;
document.addEventListener('visibilitychange', () => this.look());
}
get list() {
return [...this.#all.values()];
}
get(key) {
return this.#all.get(key);
}
named(name) {
return this.#all.get(keyOf(name));
}
get unread() {
return this.list.reduce((sum, room) => sum + room.unread, 0);
}
restore(wanted) {
const known = this.#record.roomNames;
const names = known.length > 0 ? known : [firstRoom];
this.#all = new Map();
for (const name of wanted ? [...names, wanted] : names) {
if (!this.named(name)) this.#all.set(keyOf(name), new Room(name));
}
this.current = this.named(wanted || names[0]);
}
async enterAll(me) {
const others = this.list.filter((room) => room !== this.current);
for (const room of [this.current, ...others]) {
if (!room || this.get(room.key) !== room) continue;
if (!(await this.#enter(room, me))) return;
}
}
async #enter(room, me) {
try {
const { name, since } = room;
const limit = since ? resumeLimit : snapshotLimit;
const command = { type: 'join', room: name, since, limit };
const reply = await this.#commands.request(command);
room.applyJoined(reply, me, this.#record.readTo(room));
this.look();
this.#events.entered(room, reply);
} catch (error) {
if (error instanceof Disconnected) return false;
if (!(error instanceof CommandError)) throw error;
room.state = 'refused';
room.problem = wordsForError(error);
}
this.#events.changed();
return true;
}
async join(name, me) {
this.problem = '';
const known = this.named(name);
if (known) {
this.select(known);
return;
}
const before = this.current;
const room = new Room(name);
this.#all.set(room.key, room);
this.select(room);
await this.#enter(room, me);
if (room.state === 'refused') {
this.problem = room.problem;
this.#forget(room, before);
}
this.#record.saveSoon(this.list);
}
leave(room) {
const command = { type: 'leave', room: room.name };
if (room.state === 'joined') this.#commands.request(command).catch(() => {});
this.#forget(room, null);
this.#record.saveSoon(this.list);
}
#forget(room, next) {
this.#all.delete(room.key);
this.#events.forgotten(room);
if (this.current === room) {
this.current = null;
const remaining = next && this.get(next.key) === next ? next : this.list[0];
if (remaining) this.#turnTo(remaining);
}
this.#events.changed();
}
select(room) {
this.problem = '';
if (room !== this.current) this.#turnTo(room);
this.#events.changed();
}
#turnTo(room) {
if (this.current) this.current.newFrom = null;
this.current = room;
room.following = true;
this.look();
}
watches(room) {
return room === this.current && !document.hidden && room.following && room.atEnd;
}
look() {
const room = this.current;
if (!room || !this.watches(room) || room.state !== 'joined') return;
if (room.unread === 0 && room.readTo === room.position) return;
room.markRead();
this.#record.saveSoon(this.list);
this.#events.changed();
}
disconnected() {
for (const room of this.#all.values()) room.disconnected();
}
}
return { Rooms };
})();
const m11 = (() => {
const { CommandError, Commands, Disconnected } = m0;
const { Connection } = m2;
const { History } = m3;
const { keyOf, sameName } = m4;
const { Outbox } = m7;
const { Record } = m8;
const { typingLasts } = m9;
const { Rooms } = m10;
const { setLastName, setTabName } = m5;
const { wordsForError } = m6;
const typingEvery = 3_000;
const noticeLasts = 4_000;
class Chat {
phase = 'login';
me = '';
problem = '';
notice = null;
textLimit = 4000;
#record = new Record();
#commands;
#changed;
#typedAt = 0;
constructor(address, changed) {
this.#changed = changed;
this.connection = new Connection(address, {
opened: () => this.#logIn(),
received: (push) => this.#received(push),
closed: () => this.#closed(),
changed,
probe: () => this.#probe(),
});
this.#commands = new Commands(this.connection);
this.history = new History(this.#commands, changed);
this.rooms = new Rooms(this.#commands, this.#record, {
changed,
entered: (room, reply) => this.#entered(reply),
forgotten: (room) => this.outbox.forget(room),
});
this.outbox = new Outbox(this.#commands, this.rooms, changed);
addEventListener('pagehide', () => this.#save());
document.addEventListener('visibilitychange', () => this.#save());
}
enter(name, roomName) {
this.me = name;
this.problem = '';
this.phase = 'entering';
this.#record.load(name);
this.rooms.restore(roomName);
this.outbox.restore(keyOf(name));
this.connection.open();
this.#changed();
}
signOut() {
this.#save();
this.#backToLogin('');
}
#backToLogin(problem) {
setTabName('');
this.phase = 'login';
this.problem = problem;
this.connection.close();
this.#closed();
this.#changed();
}
async #logIn() {
const { session } = this.#record;
const command = { type: 'login', user: this.me, session, join: false };
try {
this.#welcomed(await this.#commands.request(command));
} catch (error) {
if (error instanceof Disconnected) return;
if (!(error instanceof CommandError)) throw error;
if (error.code === 'bad_token' && session) {
this.#record.session = undefined;
await this.#logIn();
return;
}
this.#backToLogin(wordsForError(error));
}
}
#welcomed(welcome) {
this.phase = 'in';
this.me = welcome.user;
this.#record.session = welcome.session;
this.textLimit = welcome.limits?.text ?? this.textLimit;
setLastName(this.me);
setTabName(this.me);
this.#save();
this.#changed();
this.rooms.enterAll(this.me);
}
#entered(reply) {
for (const message of reply.messages) this.#mine(message);
this.outbox.pump();
}
#save() {
if (this.phase === 'in') this.#record.save(this.rooms.list);
}
join(name) {
return this.rooms.join(name, this.me);
}
say(text) {
const room = this.rooms.current;
if (!room) return;
room.newFrom = null;
room.following = true;
this.#typedAt = 0;
this.outbox.add(keyOf(this.me), room, text);
if (!room.atEnd) this.history.newest(room);
}
typed() {
const now = Date.now();
const room = this.rooms.current;
if (room?.state !== 'joined' || now - this.#typedAt < typingEvery) return;
this.#typedAt = now;
this.#commands.tell({ type: 'typing', room: room.name });
}
#received(push) {
if (this.#commands.settle(push)) return;
const room = push.room === undefined ? undefined : this.rooms.named(push.room);
if (!room) return;
if (push.type === 'message') {
this.#mine(push);
room.applyMessage(push, this.me, this.rooms.watches(room));
this.rooms.look();
} else if (push.type === 'presence') {
room.applyPresence(push);
this.#announce(room, push);
if (push.event !== 'count' && !room.members) this.#askWho(room);
} else if (push.type === 'typing' && !sameName(push.user, this.me)) {
room.applyTyping(push.user);
setTimeout(this.#changed, typingLasts + 100);
} else if (push.type === 'deleted') {
room.applyDeleted(push.offset);
}
this.#changed();
}
#mine(message) {
if (message.id && sameName(message.user, this.me)) this.outbox.arrived(message.id);
}
#announce(room, push) {
if (push.event === 'count' || sameName(push.user, this.me)) return;
const notice = { room, text: `${push.user} ${push.event === 'join' ? 'joined' : 'left'}` };
this.notice = notice;
setTimeout(() => {
if (this.notice !== notice) return;
this.notice = null;
this.#changed();
}, noticeLasts);
}
async #askWho(room) {
room.members = new Map();
const question = { type: 'who', room: room.name };
const reply = await this.#commands.request(question).catch(() => null);
if (reply) room.setMembers(reply);
this.#changed();
}
#closed() {
this.#commands.abandon();
this.rooms.disconnected();
}
#probe() {
const room = this.rooms.current;
if (room?.state !== 'joined') return;
this.#commands.request({ type: 'who', room: room.name }).catch(() => {});
this.connection.expect(5_000);
}
}
return { Chat };
})();
const m12 = (() => {
const byID = (id) => document.getElementById(id);
function element(tag, properties = {}, ...children) {
const made = document.createElement(tag);
const { className, dataset, attributes, ...others } = properties;
if (className) made.className = className;
if (dataset) Object.assign(made.dataset, dataset);
for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
Object.assign(made, others);
made.append(...children);
return made;
}
function icon(name) {
const space = 'http://www.w3.org/2000/svg';
const svg = document.createElementNS(space, 'svg');
const use = document.createElementNS(space, 'use');
use.setAttribute('href', `#icon-${name}`);
svg.setAttribute('class', 'icon');
svg.setAttribute('aria-hidden', 'true');
svg.append(use);
return svg;
}
function setText(node, text) {
if (node.textContent !== text) node.textContent = text;
}
function setHidden(node, hidden) {
if (node.hidden !== hidden) node.hidden = hidden;
}
const keyed = new WeakMap();
function reconcile(parent, items, keyFor, make, update) {
const old = keyed.get(parent) ?? new Map();
const now = new Map();
for (const item of items) now.set(keyFor(item), item);
for (const [key, node] of old) {
if (now.has(key)) continue;
node.remove();
old.delete(key);
}
let place = parent.firstChild;
for (const [key, item] of now) {
let node = old.get(key);
if (!node) {
node = make(item);
old.set(key, node);
}
update(node, item);
if (node === place) place = place.nextSibling;
else parent.insertBefore(node, place);
}
keyed.set(parent, old);
}
return { byID, element, icon, setText, setHidden, reconcile };
})();
const m13 = (() => {
const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const dayThisYear = new Intl.DateTimeFormat(undefined, {
weekday: 'long',
day: 'numeric',
month: 'long',
});
const dayOfYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const number = new Intl.NumberFormat();
const valid = (date) => (Number.isNaN(date.getTime()) ? new Date(0) : date);
const instant = (text) => valid(new Date(text));
const clockTime = (date) => clock.format(date);
const fullTime = (date) => full.format(date);
const count = (value) => number.format(value);
const dayKey = (date) =>
(date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate();
function dayName(date, now = new Date()) {
const key = dayKey(date);
if (key === dayKey(now)) return 'Today';
const yesterday = new Date(now);
yesterday.setDate(now.getDate() - 1);
if (key === dayKey(yesterday)) return 'Yesterday';
return (date.getFullYear() === now.getFullYear() ? dayThisYear : dayOfYear).format(date);
}
const people = (value) => `${count(value)} ${value === 1 ? 'person' : 'people'}`;
const badge = (value) => (value > 99 ? '99+' : String(value));
function listed(names) {
if (names.length <= 2) return names.join(' and ');
if (names.length === 3) return `${names[0]}, ${names[1]} and ${names[2]}`;
return `${names[0]}, ${names[1]} and ${names.length - 2} others`;
}
return { instant, clockTime, fullTime, count, dayKey, dayName, people, badge, listed };
})();
const m14 = (() => {
const { byID, setHidden, setText } = m12;
const { listed } = m13;
const counterFrom = 0.8;
const lengthOf = (text) => (text.length > 200 ? [...text].length : text.length);
class ComposerView {
#chat;
#form = byID('composer');
#field = byID('message');
#send = byID('send');
#counter = byID('counter');
#activity = byID('activity');
#room = null;
constructor(chat) {
this.#chat = chat;
this.#form.addEventListener('submit', (event) => {
event.preventDefault();
this.#say();
});
this.#field.addEventListener('keydown', (event) => {
if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
event.preventDefault();
this.#say();
});
this.#field.addEventListener('input', () => {
if (this.#room) this.#room.draft = this.#field.value;
if (this.#field.value.trim() !== '') chat.typed();
this.#measure();
});
byID('skip').addEventListener('click', () => this.focus());
}
focus() {
this.#field.focus({ preventScroll: true });
}
render() {
const room = this.#chat.rooms.current;
if (room !== this.#room) {
this.#room = room;
this.#field.value = room?.draft ?? '';
this.#measure();
}
setHidden(this.#form, !room);
if (!room) return;
const words = `Message ${room.name}`;
if (this.#field.placeholder !== words) this.#field.placeholder = words;
this.#renderActivity(room);
}
#renderActivity(room) {
const typing = room.typingNow();
const { notice } = this.#chat;
let words = '';
if (room.state === 'refused') words = room.problem;
else if (typing.length === 1) words = `${typing[0]} is typing`;
else if (typing.length > 1) words = `${listed(typing)} are typing`;
else if (notice?.room === room) words = notice.text;
this.#activity.classList.toggle('typing', typing.length > 0);
this.#activity.classList.toggle('refused', room.state === 'refused');
setText(this.#activity.lastElementChild, words);
}
#say() {
const text = this.#field.value.trim();
const length = lengthOf(text);
if (length === 0 || length > this.#chat.textLimit || !this.#room) {
this.focus();
return;
}
this.#field.value = '';
this.#room.draft = '';
this.#measure();
this.#chat.say(text);
this.focus();
}
#measure() {
const text = this.#field.value.trim();
const length = lengthOf(text);
const limit = this.#chat.textLimit;
const over = length - limit;
const near = length >= limit * counterFrom;
setHidden(this.#counter, !near);
this.#counter.classList.toggle('over', over > 0);
setText(this.#counter, over > 0 ? `${over} too many` : near ? `${-over} left` : '');
this.#field.setAttribute('aria-invalid', String(over > 0));
this.#send.disabled = length === 0 || over > 0;
this.#grow();
}
#grow() {
if (CSS.supports('field-sizing', 'content')) return;
this.#field.style.height = 'auto';
this.#field.style.height = `${this.#field.scrollHeight + 2}px`;
}
}
return { ComposerView };
})();
const m15 = (() => {
const { byID, setHidden, setText } = m12;
const { lastName } = m5;
const { wordsForState } = m6;
class LoginView {
#chat;
#screen = byID('login');
#form = byID('login-form');
#field = byID('name');
#button = byID('enter');
#problem = byID('login-problem');
#hint = byID('login-room');
#wasHidden = true;
#wasBusy = false;
#submitted = false;
#roomInAddress;
constructor(chat, roomInAddress) {
this.#chat = chat;
this.#field.value = lastName();
this.#form.addEventListener('submit', (event) => {
event.preventDefault();
const name = this.#field.value.trim();
this.#submitted = true;
if (name === '') this.#field.focus();
else chat.enter(name, roomInAddress());
});
this.#roomInAddress = roomInAddress;
}
render() {
const { phase, connection, problem } = this.#chat;
const stuck = ['waiting', 'stopped'].includes(connection.state.phase);
const shown = phase === 'login' || (phase === 'entering' && (stuck || this.#submitted));
setHidden(this.#screen, !shown);
if (!shown) {
this.#wasHidden = true;
return;
}
if (phase === 'login') this.#submitted = false;
const busy = phase === 'entering' && !stuck;
this.#screen.classList.toggle('busy', busy);
this.#button.disabled = busy;
setText(this.#button, busy ? 'One moment…' : 'Join the chat');
setText(this.#problem, phase === 'entering' ? this.#trouble(connection.state) : problem);
this.#field.setAttribute('aria-invalid', String(phase === 'login' && problem !== ''));
const room = this.#roomInAddress();
setHidden(this.#hint, !room);
setText(this.#hint, room ? `You will join the room “${room}”.` : '');
if (this.#wasHidden || (problem !== '' && this.#wasBusy && !busy)) this.#field.select();
this.#wasHidden = false;
this.#wasBusy = busy;
}
#trouble(state) {
const words = wordsForState(state, navigator.onLine);
if (state.phase === 'stopped') return words;
if (state.phase !== 'waiting') return '';
const reached = state.code !== 1006 || !navigator.onLine;
return `${reached ? words : 'The server cannot be reached.'} Still trying…`;
}
}
return { LoginView };
})();
const m16 = (() => {
const { dayKey, dayName, instant } = m13;
const { mentions, sameName } = m4;
const groupLasts = 5 * 60_000;
function itemsOf(room, chat) {
const items = [startOf(room)];
const pending = room.atEnd ? chat.outbox.of(room) : [];
const lines = [...room.entries.map((entry) => ({ entry })), ...pending.map(entryOf(chat))];
const lastOwn = pending.length > 0 ? null : lastOwnOf(room, chat.me);
const online = room.state === 'joined';
const keys = new Set();
let before = null;
for (const line of lines) {
const date = (line.entry.date ??= instant(line.entry.at));
const marks = marksBefore(line.entry, date, before, room);
items.push(...marks);
const own = sameName(line.entry.user, chat.me);
const head = marks.length > 0 || !continues(before, line.entry, date);
if (before) before.item.tail = head;
const item = {
...line, own, head, tail: true, online,
lastOwn: line.entry === lastOwn,
sameMinute: head || sameMinute(before.date, date),
mentioned: !own && (line.entry.mentioned ??= mentions(line.entry.text, chat.me)),
key: keyFor(room, line.entry, own, keys),
};
items.push(item);
before = { item, entry: line.entry, date };
}
return items.filter(Boolean);
}
const entryOf = (chat) => (pending) => {
const { text, at, id } = pending;
return { entry: { user: chat.me, text, at, id }, pending };
};
function keyFor(room, entry, own, keys) {
const byID = own && entry.id ? `id ${entry.id}` : null;
const key = byID && !keys.has(byID) ? byID : `${room.epoch} ${entry.offset}`;
keys.add(key);
return key;
}
function lastOwnOf(room, me) {
const { entries } = room;
const last = entries[entries.length - 1];
return last && sameName(last.user, me) ? last : null;
}
function startOf(room) {
if (room.epoch === null) return null;
if (room.older === 'loading') {
return { kind: 'loading', key: 'start loading', text: 'Fetching older messages…' };
}
if (room.older !== 'none' && room.entries.length > 0) return null;
const none = room.entries.length === 0;
if (room.missed && none) return null;
const whole = none ? room.position <= 0 : room.first.offset <= 1;
let text = `This is where ${room.name} begins.`;
if (!whole) text = 'Older messages are not kept.';
else if (none) text = `Nobody has said anything in ${room.name} yet. Be the first.`;
return { kind: whole ? 'start' : 'edge', key: `start ${whole}`, text };
}
function marksBefore(entry, date, before, room) {
const marks = [];
if (room.missed && entry.offset === room.missed.before) {
const text = room.missed.restarted
? 'The server started afresh: what was said before is gone.'
: 'Some messages were missed here.';
marks.push({ kind: 'missed', key: 'missed', text });
}
if (!before || dayKey(before.date) !== dayKey(date)) {
marks.push({ kind: 'day', key: `day ${dayKey(date)}`, text: dayName(date) });
}
if (room.newFrom !== null && entry.offset === room.newFrom) {
marks.push({ kind: 'fresh', key: 'fresh', text: 'New' });
}
return marks;
}
function continues(before, entry, date) {
if (!before || !sameName(before.entry.user, entry.user)) return false;
return Math.abs(date - before.date) < groupLasts;
}
function sameMinute(one, other) {
return Math.floor(one / 60_000) === Math.floor(other / 60_000);
}
return { itemsOf };
})();
const m17 = (() => {
const { element, icon, setText } = m12;
const { clockTime, fullTime, instant } = m13;
const { initials, tintOf } = m4;
const link = /\bhttps?:\/\/[^\s<>"']+/giu;
const emoji = '\\p{Emoji_Presentation}|\\p{Extended_Pictographic}\\uFE0F|\\p{RI}{2}';
const loneEmoji = new RegExp(`^(?:${emoji}|[\\u{1F3FB}-\\u{1F3FF}]|\\u200D|\\s){1,16}$`, 'u');
function textNodes(text) {
const nodes = [];
let end = 0;
for (const { 0: found, index } of text.matchAll(link)) {
let address = found.replace(/[.,;:!?*_]+$/u, '');
if (address.endsWith(')') && !address.includes('(')) address = address.slice(0, -1);
if (!URL.canParse?.(address)) continue;
const attributes = { rel: 'noopener noreferrer nofollow', target: '_blank' };
nodes.push(text.slice(end, index));
nodes.push(element('a', { href: address, attributes }, address));
end = index + address.length;
}
nodes.push(text.slice(end));
return nodes.filter((node) => node !== '');
}
function avatar(name) {
const dataset = { tint: tintOf(name) };
const attributes = { 'aria-hidden': 'true' };
return element('span', { className: 'avatar', dataset, attributes }, initials(name));
}
function timeOf(date, properties) {
const words = { dateTime: date.toISOString(), title: fullTime(date) };
return element('time', { ...words, ...properties }, clockTime(date));
}
function makeMessage(item) {
const { entry, own } = item;
const date = instant(entry.at);
const who = element('bdi', { className: 'name' }, own ? 'You' : entry.user);
who.dataset.tint = tintOf(entry.user);
const by = element('div', { className: 'by' }, who, ' ', timeOf(date));
const bubble = element('div', { className: 'bubble', dir: 'auto' });
const again = timeOf(date, { className: 'again' });
again.setAttribute('aria-hidden', 'true');
const status = element('span', { className: 'status' });
const line = element('div', { className: 'line' }, bubble, again, status);
const row = element('li', {}, element('div', { className: 'body' }, by, line));
if (!own) row.prepend(avatar(entry.user));
return row;
}
function showText(row, entry) {
const bubble = row.querySelector('.bubble');
if (entry.deleted) {
bubble.replaceChildren('Message deleted');
} else {
bubble.replaceChildren(...textNodes(entry.text));
}
}
function classesOf({ own, head, tail, entry, pending, sameMinute, mentioned }) {
const classes = ['message'];
if (own) classes.push('own');
if (head) classes.push('head');
if (tail) classes.push('tail');
if (!sameMinute) classes.push('timed');
if (pending) classes.push(pending.state);
if (entry.deleted) classes.push('gone');
else if (loneEmoji.test(entry.text)) classes.push('emoji');
if (mentioned) classes.push('mention');
return classes.join(' ');
}
function updateMessage(row, item, actions) {
const classes = classesOf(item);
const status = statusOf(item);
const signature = `${classes}|${status}`;
if (row.signature === signature) return;
const wasGone = row.classList.contains('gone');
if (row.signature === undefined || wasGone !== Boolean(item.entry.deleted)) {
showText(row, item.entry);
}
row.signature = signature;
row.className = classes;
showTime(row, item.entry);
showStatus(row.querySelector('.status'), item, status, actions);
}
function showTime(row, entry) {
const date = instant(entry.at);
for (const time of row.querySelectorAll('time')) {
time.dateTime = date.toISOString();
time.title = fullTime(date);
setText(time, clockTime(date));
}
}
function statusOf({ pending, lastOwn, online }) {
if (!pending) return lastOwn ? 'sent' : '';
if (pending.state === 'failed') return `failed:${pending.problem}`;
return online ? 'sending' : 'queued';
}
function showStatus(node, { pending }, status, actions) {
if (status === '') {
node.replaceChildren();
} else if (status === 'sent') {
const mark = element('span', { title: 'Sent' }, icon('check'));
node.replaceChildren(mark, element('span', { className: 'unseen' }, 'Sent'));
} else if (status === 'sending') {
node.replaceChildren('Sending…');
} else if (status === 'queued') {
node.replaceChildren('Waiting to send');
} else {
const retry = element('button', { type: 'button', className: 'link' }, 'Try again');
const discard = element('button', { type: 'button', className: 'link' }, 'Discard');
retry.addEventListener('click', () => actions.retry(pending));
discard.addEventListener('click', () => actions.discard(pending));
node.replaceChildren(`${pending.problem} `, retry, ' ', discard);
}
}
return { avatar, makeMessage, updateMessage };
})();
const m18 = (() => {
const { byID, element, icon, reconcile, setHidden, setText } = m12;
const { badge } = m13;
const { itemsOf } = m16;
const { makeMessage, updateMessage } = m17;
const nearTop = 400;
const nearBottom = 40;
class MessagesView {
#chat;
#log = byID('log');
#list = byID('messages');
#pill = byID('newest');
#room = null;
#firstKey = null;
constructor(chat) {
this.#chat = chat;
this.#log.addEventListener('scroll', () => this.#scrolled(), { passive: true });
this.#pill.addEventListener('click', () => {
chat.history.newest(this.#room);
this.#toBottom();
});
new ResizeObserver(() => this.#keepPlace()).observe(this.#log);
setInterval(() => this.render(), 60_000);
}
render() {
const room = this.#chat.rooms.current;
if (room !== this.#room) this.#turnTo(room);
if (!room) return;
const anchor = room.following ? null : this.#anchor();
const items = itemsOf(room, this.#chat);
this.#beQuietUnlessAppending(items);
const actions = {
retry: (pending) => this.#chat.outbox.retry(pending),
discard: (pending) => this.#chat.outbox.discard(pending),
};
reconcile(this.#list, items, (item) => item.key, make, (row, item) => {
if (item.entry) updateMessage(row, item, actions);
else if (item.text !== undefined) setText(row.lastElementChild, item.text);
});
if (room.following) {
this.#toBottom();
this.#chat.rooms.look();
} else if (anchor) {
this.#log.scrollTop += anchor.row.offsetTop - anchor.top;
}
this.#renderPill(room);
this.#fetch(room);
}
#turnTo(room) {
this.#room = room;
this.#firstKey = null;
this.#log.setAttribute('aria-label', room ? `Messages in ${room.name}` : 'Messages');
reconcile(this.#list, []);
if (room) room.following = true;
}
#beQuietUnlessAppending(items) {
const firstKey = items.find((item) => item.entry)?.key ?? null;
const quiet = firstKey !== this.#firstKey;
this.#firstKey = firstKey;
if (quiet) {
this.#log.setAttribute('aria-live', 'off');
setTimeout(() => this.#log.setAttribute('aria-live', 'polite'), 250);
}
}
#scrolled() {
const room = this.#room;
if (!room) return;
const { scrollTop, scrollHeight, clientHeight } = this.#log;
const atBottom = scrollHeight - scrollTop - clientHeight < nearBottom;
if (atBottom !== room.following) {
room.following = atBottom;
this.#renderPill(room);
}
if (atBottom) this.#chat.rooms.look();
this.#fetch(room);
}
#fetch(room) {
const { scrollTop, scrollHeight, clientHeight } = this.#log;
if (this.#log.clientHeight === 0) return;
if (scrollTop < nearTop) this.#chat.history.older(room);
if (scrollHeight - scrollTop - clientHeight < nearTop) this.#chat.history.newer(room);
}
#keepPlace() {
if (this.#room?.following) this.#toBottom();
}
#toBottom() {
this.#log.scrollTop = this.#log.scrollHeight;
}
#anchor() {
const { scrollTop } = this.#log;
for (const row of this.#list.children) {
if (row.offsetTop + row.offsetHeight > scrollTop && row.classList.contains('message')) {
return { row, top: row.offsetTop };
}
}
return null;
}
#renderPill(room) {
const behind = !room.following || !room.atEnd;
setHidden(this.#pill, !behind || room.entries.length === 0);
this.#pill.classList.toggle('fresh', room.unread > 0);
const words = `${badge(room.unread)} new message${room.unread === 1 ? '' : 's'}`;
setText(this.#pill.lastElementChild, room.unread > 0 ? words : 'Newest');
}
}
function make(item) {
if (item.entry) return makeMessage(item);
const row = element('li', { className: `mark ${item.kind}` });
if (item.kind === 'start') row.append(icon('bird'));
row.append(element('span', {}, item.text));
return row;
}
return { MessagesView };
})();
const m19 = (() => {
const { byID, element, icon, reconcile, setHidden, setText } = m12;
const { badge, people } = m13;
const { compareNames, sameName } = m4;
const { avatar } = m17;
class PanelsView {
#chat;
#rooms = byID('rooms');
#members = byID('members');
#joinForm = byID('join');
#joinField = byID('join-name');
#joinProblem = byID('join-problem');
#me = '';
#drawers = [
new Drawer(byID('rooms-panel'), byID('open-rooms'), '(max-width: 46rem)'),
new Drawer(byID('members-panel'), byID('open-members'), '(max-width: 68rem)'),
];
constructor(chat, entered) {
this.#chat = chat;
this.#joinForm.addEventListener('submit', async (event) => {
event.preventDefault();
const name = this.#joinField.value.trim();
if (name === '') return;
await chat.join(name);
if (chat.rooms.problem) {
this.#joinField.focus();
return;
}
this.#joinField.value = '';
this.#chosen(entered);
});
this.#rooms.addEventListener('click', (event) => {
const button = event.target.closest('button');
if (!button) return;
chat.rooms.select(chat.rooms.get(button.dataset.key));
this.#chosen(entered);
});
byID('leave').addEventListener('click', () => {
if (chat.rooms.current) chat.rooms.leave(chat.rooms.current);
});
byID('sign-out').addEventListener('click', () => chat.signOut());
addEventListener('keydown', (event) => {
if (event.altKey && event.key === 'ArrowDown') this.#step(event, 1);
if (event.altKey && event.key === 'ArrowUp') this.#step(event, -1);
});
}
#chosen(entered) {
this.#drawers[0].close();
entered();
}
#step(event, by) {
const { list, current } = this.#chat.rooms;
const at = list.indexOf(current);
if (list.length < 2 || at < 0) return;
event.preventDefault();
this.#chat.rooms.select(list[(at + by + list.length) % list.length]);
}
render() {
const { rooms, me } = this.#chat;
const { current, problem } = rooms;
reconcile(this.#rooms, rooms.list, (room) => room.key, makeRoom,
(row, room) => updateRoom(row, room, room === current));
setText(this.#joinProblem, problem);
this.#joinField.setAttribute('aria-invalid', String(problem !== ''));
if (me !== this.#me) {
this.#me = me;
setText(byID('me'), me);
byID('my-avatar').replaceChildren(avatar(me));
}
this.#renderHeader(current);
this.#renderMembers(current);
}
#renderHeader(room) {
setText(byID('room-name'), room?.name ?? 'No room');
setHidden(byID('leave'), !room);
setHidden(byID('open-members'), !room);
setHidden(byID('no-room'), Boolean(room));
const count = room?.count ?? 0;
setText(byID('member-count'), count > 0 ? people(count) : 'People');
}
#renderMembers(room) {
const names = room?.members ? [...room.members.values()].sort(compareNames) : [];
const { me } = this.#chat;
const typing = new Set(room?.typingNow());
reconcile(this.#members, names, (name) => name, makeMember, (row, name) => {
row.classList.toggle('typing', typing.has(name));
setText(row.querySelector('.you'), sameName(name, me) ? ' (you)' : '');
});
const crowd = room?.state === 'joined' && !room.members;
setText(byID('crowd'), crowd ? `${people(room.count)} are here: too many to list.` : '');
}
}
function makeRoom(room) {
const name = element('bdi', { className: 'label' });
const badge = element('span', { className: 'badge', hidden: true });
const button = element('button', { type: 'button' }, icon('hash'), name, badge);
button.dataset.key = room.key;
return element('li', {}, button);
}
function updateRoom(row, room, current) {
const button = row.firstElementChild;
const [, name, mark] = button.children;
setText(name, room.name);
setText(mark, badge(room.unread));
setHidden(mark, room.unread === 0);
const words = `${room.unread} unread`;
if (mark.getAttribute('aria-label') !== words) mark.setAttribute('aria-label', words);
mark.setAttribute('role', 'img');
button.classList.toggle('unread', room.unread > 0);
mark.classList.toggle('mentioned', room.mentioned);
button.classList.toggle('away', room.state !== 'joined');
if (current) button.setAttribute('aria-current', 'true');
else button.removeAttribute('aria-current');
}
function makeMember(name) {
const label = element('bdi', { className: 'label' }, name);
const you = element('span', { className: 'you' });
return element('li', {}, avatar(name), label, you);
}
class Drawer {
#panel;
#opener;
#narrow;
constructor(panel, opener, query) {
this.#panel = panel;
this.#opener = opener;
this.#narrow = matchMedia(query);
this.#narrow.addEventListener('change', () => this.close());
opener.addEventListener('click', () => (this.isOpen ? this.close() : this.#open()));
panel.querySelector('.close').addEventListener('click', () => this.close());
document.addEventListener('keydown', (event) => {
if (event.key === 'Escape' && this.isOpen) this.close();
});
document.addEventListener('pointerdown', (event) => {
if (!this.isOpen || panel.contains(event.target)) return;
if (!opener.contains(event.target)) this.close();
});
this.close();
}
get isOpen() {
return this.#panel.classList.contains('open');
}
#open() {
this.#panel.classList.add('open');
this.#panel.inert = false;
this.#opener.setAttribute('aria-expanded', 'true');
this.#panel.querySelector('.close').focus();
}
close() {
const hadFocus = this.#panel.contains(document.activeElement);
this.#panel.classList.remove('open');
this.#panel.inert = this.#narrow.matches;
this.#opener.setAttribute('aria-expanded', 'false');
if (hadFocus && this.#narrow.matches) this.#opener.focus();
}
}
return { PanelsView };
})();
const m20 = (() => {
const { byID, setHidden, setText } = m12;
const { badge } = m13;
const { wordsForState } = m6;
class StatusView {
#chat;
#bar = byID('bar');
#words = byID('bar-words');
#countdown = byID('countdown');
#retry = byID('retry');
#state = byID('state');
#spoken = byID('spoken');
#ticker = 0;
#wasDown = false;
constructor(chat) {
this.#chat = chat;
this.#retry.addEventListener('click', () => chat.connection.retryNow());
}
render() {
const { connection, phase, rooms } = this.#chat;
const { current, unread } = rooms;
const { state } = connection;
const words = wordsForState(state, navigator.onLine);
const up = state.phase === 'open';
const down = phase === 'in' && !up;
setText(this.#state.lastElementChild, shortWords(state));
this.#state.dataset.phase = state.phase;
setHidden(this.#bar, !down);
setText(this.#words, words);
this.#bar.classList.toggle('stopped', state.phase === 'stopped');
setHidden(this.#retry, !(state.phase === 'waiting' || state.again));
setText(this.#retry, state.phase === 'stopped' ? 'Connect again' : 'Try now');
this.#countDown(state);
this.#speak(phase === 'in', up, state, words);
const place = current && phase === 'in' ? `${current.name} · Roost` : 'Roost';
const title = phase === 'in' && unread > 0 ? `(${badge(unread)}) ${place}` : place;
if (document.title !== title) document.title = title;
}
#countDown(state) {
const seconds = Math.ceil((state.retryAt - Date.now()) / 1000);
const waiting = state.phase === 'waiting';
setText(this.#countdown, waiting && seconds > 0 ? `Reconnecting in ${seconds} s` : '');
clearTimeout(this.#ticker);
if (waiting) this.#ticker = setTimeout(() => this.#countDown(state), 250);
}
#speak(inside, up, state, words) {
if (!inside) {
this.#wasDown = false;
} else if (up && this.#wasDown) {
this.#wasDown = false;
setText(this.#spoken, 'Connected again.');
} else if (!up && !this.#wasDown) {
this.#wasDown = true;
setText(this.#spoken, state.phase === 'stopped' ? words : `${words} Reconnecting.`);
} else if (state.phase === 'stopped') {
setText(this.#spoken, words);
}
}
}
function shortWords(state) {
switch (state.phase) {
case 'open':
return 'Connected';
case 'connecting':
return 'Connecting';
case 'waiting':
return navigator.onLine ? 'Reconnecting' : 'Offline';
default:
return 'Disconnected';
}
}
return { StatusView };
})();
const m21 = (() => {
const { byID, setHidden } = m12;
const { keyOf } = m4;
const { ComposerView } = m14;
const { LoginView } = m15;
const { MessagesView } = m18;
const { PanelsView } = m19;
const { StatusView } = m20;
function roomInAddress() {
try {
return decodeURIComponent(location.hash.slice(1));
} catch {
return '';
}
}
class View {
#chat;
#parts;
#composer;
#scheduled = false;
#phase = null;
#finePointer = matchMedia('(pointer: fine)');
constructor(chat) {
this.#chat = chat;
this.#composer = new ComposerView(chat);
const panels = new PanelsView(chat, () => this.#focusComposer());
const login = new LoginView(chat, roomInAddress);
this.#parts = [
panels, this.#composer, new MessagesView(chat), new StatusView(chat), login,
];
addEventListener('hashchange', () => {
const name = roomInAddress();
const elsewhere = name && keyOf(name) !== chat.rooms.current?.key;
if (chat.phase === 'in' && elsewhere) chat.join(name);
});
}
schedule() {
if (this.#scheduled) return;
this.#scheduled = true;
const draw = () => {
this.#scheduled = false;
this.#draw();
};
if (document.hidden) setTimeout(draw, 200);
else requestAnimationFrame(draw);
}
#draw() {
const { phase, rooms } = this.#chat;
setHidden(byID('chat'), phase !== 'in');
for (const part of this.#parts) part.render();
if (phase === 'in' && rooms.current) this.#keepAddress(rooms.current.name);
if (phase === 'in' && this.#phase !== 'in') this.#focusComposer();
this.#phase = phase;
}
#keepAddress(name) {
const before = roomInAddress();
if (before === name) return;
const hash = `#${encodeURIComponent(name)}`;
if (before) history.pushState(null, '', hash);
else history.replaceState(null, '', hash);
}
#focusComposer() {
if (this.#finePointer.matches) this.#composer.focus();
}
}
return { roomInAddress, View };
})();
(() => {
const { Chat } = m11;
const { chatAddress } = m2;
const { tabName } = m5;
const { roomInAddress, View } = m21;
const loading = document.getElementById('loading');
function start() {
if (!loading?.isConnected || !document.getElementById('page-style')?.sheet) return;
loading.remove();
document.removeEventListener('load', start, true);
let view = null;
const chat = new Chat(chatAddress(location), () => view?.schedule());
view = new View(chat);
const name = tabName();
if (name) chat.enter(name, roomInAddress());
view.schedule();
}
document.addEventListener('load', start, true);
start();
})();
})();
