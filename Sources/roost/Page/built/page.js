const roostModules = {};
(function () {
'use strict';
const m0 = (() => {
class CommandError extends Error {
 
constructor(reply) {
super(reply.text);
this.name = 'CommandError';
 
this.code = reply.code;
 
this.retryAfter = reply.retry_after_ms;
}
}

class Disconnected extends Error {
constructor(message = 'There is no connection to the chat server.') {
super(message);
this.name = 'Disconnected';
}
}
const shortestRetry = 250;
const longestRetry = 20_000;
const patience = 5_000;
const longPatience = 15_000;
const longAnswers = new Set(['login', 'join', 'history', 'account']);
class Commands {
#connection;
#waiting = new Map();
#last = 0;
#generation = 0;
#slowest = 0;
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
if (wait > longestRetry) throw error;
await pause(Math.max(shortestRetry, wait));
if (generation !== this.#generation) throw new Disconnected();
}
}
}
tell(command) {
this.#connection.send(command);
}
probe(room) {
const question = { type: 'history', room, before: 1, limit: 0 };
if (this.#waiting.size === 0) this.#once(question, patience).catch(() => {});
this.#connection.expect(patience);
}
settle(reply) {
const asked = this.#waiting.get(reply.ref);
if (asked) {
this.#waiting.delete(reply.ref);
this.#slowest = Math.max(performance.now() - asked.at, this.#slowest * 0.9);
if (reply.type === 'error') asked.reject(new CommandError(reply));
else asked.resolve(reply);
}
this.#expectNext();
return Boolean(asked);
}
abandon() {
this.#generation += 1;
this.#slowest = 0;
const broken = [...this.#waiting.values()];
this.#waiting.clear();
for (const asked of broken) asked.reject(new Disconnected());
}
#once(command, within) {
return new Promise((resolve, reject) => {
const ref = String((this.#last += 1));
if (!this.#connection.send({ ...command, ref })) {
reject(new Disconnected());
return;
}
const time = within ?? (longAnswers.has(command.type) ? longPatience : patience);
this.#waiting.set(ref, { resolve, reject, within: time, at: performance.now() });
this.#expectNext();
});
}
#expectNext() {
for (const { within } of this.#waiting.values()) {
this.#connection.expect(Math.max(within, Math.min(longPatience, this.#slowest * 4)));
return;
}
}
}
function pause(milliseconds) {
return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
return { CommandError, Disconnected, Commands };
})();
const m1 = roostModules.m1 = (() => {
const usersKey = 'roost.users';
const lastKey = 'roost.name';
const tabKey = 'roost.tab';
const outboxKey = 'roost.outbox';
const draftsKey = 'roost.drafts';
const languageKey = 'roost.language';
const noticesKey = 'roost.notices';
const userLimit = 8;
function read(store, key) {
try {
return JSON.parse(store().getItem(key));
} catch {
return null;
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
const isText = (value) => typeof value === 'string';
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOr = (value, otherwise) => (isText(value) ? value : otherwise);
const listOf = (value, fits) => (Array.isArray(value) ? value.filter(fits) : []);
const fieldsOf = (value, fits) =>
Object.fromEntries(Object.entries(isObject(value) ? value : {}).filter(([, v]) => fits(v)));
const lastName = () => textOr(read(everyTab, lastKey), '');
const setLastName = (name) => write(everyTab, lastKey, name);
const chosenLanguage = () => textOr(read(everyTab, languageKey), '');
const setChosenLanguage = (tag) => write(everyTab, languageKey, tag || null);
function noticeSettings() {
const stored = read(everyTab, noticesKey);
return { notify: stored?.notify === true, sound: stored?.sound === true };
}
const setNoticeSettings = (settings) => write(everyTab, noticesKey, settings);
const tabName = () => textOr(read(thisTab, tabKey), '');
const setTabName = (name) => write(thisTab, tabKey, name || null);
const unsent = () => listOf(read(thisTab, outboxKey), (item) => isObject(item)
&& [item.id, item.user, item.room, item.text, item.at].every(isText)
&& [item.name ?? '', item.place ?? ''].every(isText));
const setUnsent = (items) => write(thisTab, outboxKey, items.length ? items : null);
const drafts = () => fieldsOf(read(thisTab, draftsKey), isText);
const setDrafts = (texts) =>
write(thisTab, draftsKey, Object.keys(texts).length ? texts : null);
const isPlace = (value) =>
isObject(value) && isText(value.epoch) && Number.isSafeInteger(value.offset);
const users = () =>
listOf(read(everyTab, usersKey), (entry) => isObject(entry) && isText(entry.key));
function userRecord(key) {
const { session, rooms, read } = users().find((entry) => entry.key === key) ?? {};
return {
session: isText(session) || session === null ? session : undefined,
rooms: listOf(rooms, isText),
read: fieldsOf(read, isPlace),
};
}
function keepUserRecord(key, record) {
const others = users().filter((entry) => entry.key !== key);
write(everyTab, usersKey, [{ ...record, key }, ...others].slice(0, userLimit));
}
function onOtherTabs(changed) {
addEventListener('storage', (event) => {
if (event.key === usersKey) changed();
});
}
return { lastName, setLastName, chosenLanguage, setChosenLanguage, noticeSettings, setNoticeSettings, tabName, setTabName, unsent, setUnsent, drafts, setDrafts, userRecord, keepUserRecord, onOtherTabs };
})();
const m2 = (() => {
const { drafts, setDrafts } = m1;
const saveAfter = 300;
class Drafts {
#texts = drafts();
#timer = 0;
constructor() {
addEventListener('pagehide', () => this.#save());
document.addEventListener('visibilitychange', () => this.#save());
}
of(room) {
return this.#texts[room.key] ?? '';
}
set(room, text) {
if (text === '') delete this.#texts[room.key];
else this.#texts[room.key] = text;
clearTimeout(this.#timer);
this.#timer = setTimeout(() => this.#save(), saveAfter);
}
move(from, room) {
const text = this.#texts[from];
if (text === undefined) return;
delete this.#texts[from];
this.set(room, text);
}
forget(room) {
if (room) delete this.#texts[room.key];
else this.#texts = {};
this.#save();
}
#save() {
clearTimeout(this.#timer);
this.#timer = 0;
setDrafts(this.#texts);
}
}
return { Drafts };
})();
const m3 = (() => {
const { CommandError, Disconnected } = m0;
const pageLimit = 50;
const snapshotLimit = 100;
const restLimit = 200;
class History {
#roost;
#changed;
constructor(roost, changed) {
this.#roost = roost;
this.#changed = changed;
}
async older(room) {
if (room.older !== 'unknown' || room.state !== 'joined' || !room.first) return;
room.older = 'loading';
const range = { before: room.first.offset, limit: pageLimit };
await this.#page(room, range, (messages, more) => room.prepend(messages, more), 'older');
}
async rest(room) {
while (room.following && !room.atEnd && room.newer === 'unknown'
&& room.state === 'joined') await this.newer(room, restLimit);
}
async newer(room, limit = pageLimit) {
if (room.atEnd || room.newer !== 'unknown' || room.state !== 'joined') return;
room.newer = 'loading';
const range = { after: room.last?.offset ?? room.position, limit };
await this.#page(room, range, (messages, more) => room.append(messages, more), 'newer');
if (room.newer === 'loading') room.newer = 'unknown';
}
async around(room, offset) {
room.following = false;
const range = { before: offset + pageLimit / 2, limit: pageLimit };
await this.#page(room, range, (messages, more) => room.replace(messages, more));
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
const reply = await this.#roost.command('history', { room: name, ...range });
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
const english = {
'login.lead': 'Pick a name and start talking.',
'login.name': 'Your name',
'login.password': 'Password',
'login.join': 'Join the chat',
'login.busy': 'One moment…',
'login.room': 'You will join the room “{room}”.',
'login.as': 'Join as {name}',
'login.trying': '{problem} Still trying…',
'login.unreachable': 'The server cannot be reached.',
'login.kept': 'Nothing is lost.',
'skip': 'Skip to the message field',
'rooms': 'Rooms',
'rooms.unread': { one: 'Rooms, {count} unread', other: 'Rooms, {count} unread' },
'rooms.close': 'Close rooms',
'rooms.label': 'Join a room by name',
'rooms.hint': 'Join another room',
'rooms.join': 'Join room',
'rooms.none': 'No room',
'rooms.empty': 'You are in no room. Join one from the list of rooms.',
'rooms.missing': 'No room “{room}”: {problem}',
'rooms.length': {
one: "No such room: a room's name has at most {count} character.",
other: "No such room: a room's name has at most {count} characters.",
},
'room.leave': 'Leave',
'room.leaveThis': 'Leave this room',
'room.unread': { one: '{count} unread', other: '{count} unread' },
'people': 'People',
'people.count': { one: '{count} person', other: '{count} people' },
'people.here': 'People in this room',
'people.close': 'Close people',
'people.you': '(you)',
'people.crowd': {
one: '{count} person is here: too many to list.',
other: '{count} people are here: too many to list.',
},
'people.others': { one: '{count} other', other: '{count} others' },
'notice.joined': '{name} joined',
'notice.left': '{name} left',
'notice.mention': '{name} mentions you in {room}',
'link.gone': 'This message is not kept any more.',
'signOut': 'Sign out',
'signOut.everywhere': 'Sign out on all devices',
'unsent': { one: 'One message is not sent yet.', other: '{count} messages are not sent yet.' },
'loss.leave': {
one: 'One message is not sent yet. Leaving {room} discards it.',
other: '{count} messages are not sent yet. Leaving {room} discards them.',
},
'loss.signOut': {
one: 'One message is not sent yet. Signing out discards it.',
other: '{count} messages are not sent yet. Signing out discards them.',
},
'loss.andLeave': 'Discard and leave',
'loss.andSignOut': 'Discard and sign out',
'loss.stay': 'Stay',
'account.keep': 'Keep this name',
'account.own': 'Your own name',
'account.make': 'Make this name yours',
'account.yours': 'This name is yours',
'account.why': 'With a password nobody else gets your name, however long you are away, and you '
+ 'can log in with it on your other devices.',
'account.change': 'Nobody else gets it. Here you can set another password.',
'account.set': 'Set password',
'account.show': 'Show it',
'account.short': 'A password has 8 characters or more.',
'account.lost': 'The connection was lost. Try again.',
'cancel': 'Cancel',
'close': 'Close',
'settings': 'Settings',
'settings.language': 'Language',
'settings.browser': 'As the browser',
'settings.mentions': 'When somebody mentions you and this page is out of sight',
'settings.notify': 'Show a notification',
'settings.sound': 'Play a short sound',
'settings.refused':
'The browser does not allow notifications here. You can change that in its '
+ 'settings for this page.',
'messages': 'Messages',
'messages.in': 'Messages in {room}',
'messages.newest': 'Newest',
'messages.new': { one: '{shown} new message', other: '{shown} new messages' },
'message.field': 'Message',
'message.to': 'Message {room}',
'message.send': 'Send',
'message.you': 'You',
'message.deleted': 'Message deleted',
'message.more': 'Show more',
'message.less': 'Show less',
'message.sent': 'Sent',
'message.wasSent': 'Message sent.',
'message.sending': 'Sending…',
'message.waiting': 'Waiting to send',
'message.notSent': 'Not sent. {problem}',
'message.nameLost': 'Not sent, since the name was lost.',
'message.sendAs': 'Send as {name}',
'message.again': 'Try again',
'message.discard': 'Discard',
'message.left': { one: '{count} left', other: '{count} left' },
'message.over': { one: '{count} too many', other: '{count} too many' },
'names': 'People to mention',
'names.found': {
one: '{count} name: Enter takes it, arrow keys choose',
other: '{count} names: Enter takes one, arrow keys choose',
},
'files.none':
'Files and pictures cannot be sent here: this chat is for text. '
+ 'A link to a file is welcome.',
'typing.one': '{name} is typing',
'typing.many': '{names} are typing',
'mark.older': 'Fetching older messages…',
'mark.begins': 'This is where {room} begins.',
'mark.notKept': 'Older messages are not kept.',
'mark.renewed': '{room} has begun anew: what you read here last is gone.',
'mark.first': 'Nobody has said anything in {room} yet. Be the first.',
'mark.new': 'New',
'mark.missed': 'Some messages were missed here.',
'mark.restarted': 'The server was restarted; messages above are from before.',
'mark.closed': 'This room was empty for a while; messages above are from before.',
'day.today': 'Today',
'day.yesterday': 'Yesterday',
'keys': 'Keys',
'keys.hint': '[Enter] sends, [Shift] [Enter] starts a new line,',
'keys.more': 'more keys',
'keys.enter': '[Enter]',
'keys.shiftEnter': '[Shift] [Enter]',
'keys.altDown': '[Alt] [↓]',
'keys.altUp': '[Alt] [↑]',
'keys.escape': '[Esc]',
'keys.send': 'Send the message',
'keys.line': 'Start a new line',
'keys.next': 'Go to the next room',
'keys.before': 'Go to the room before',
'keys.panel': 'Close a panel',
'keys.attention': "Write [@] and a name to draw somebody's attention.",
'state.open': 'Connected',
'state.doubt': 'No answer yet',
'state.connecting': 'Connecting',
'state.waiting': 'Reconnecting',
'state.offline': 'Offline',
'state.stopped': 'Disconnected',
'bar.first': 'Connecting…',
'bar.again': 'Reconnecting…',
'bar.doubt': 'The server has not answered yet…',
'bar.offline': 'You are offline.',
'bar.countdown': { one: 'Reconnecting in {count} s', other: 'Reconnecting in {count} s' },
'bar.retry': 'Try now',
'bar.connect': 'Connect again',
'bar.fine': 'All right',
'spoken.back': 'Connected again.',
'spoken.lost': '{problem} Reconnecting.',
'close.1001': 'The server is stopping.',
'close.1006': 'Connection lost.',
'close.1008': 'The server closed the connection.',
'close.1011': 'The server ran into a fault.',
'close.1012': 'The server is restarting.',
'close.1013': 'The server is full at the moment.',
'close.4001': 'This connection fell behind.',
'close.4002': 'That was too much at once.',
'close.4003': 'You were sent out.',
'close.4004': 'You are banned.',
'close.4005': 'You have signed out in another tab or window.',
'error.misunderstood':
'This page and the server did not understand each other. Load the page anew.',
'error.server': 'The server says: “{sentence}”',
'error.name_taken': 'Somebody has this name. Choose another one, or log in with its password.',
'error.bad_password': 'That is not the name and password of an account.',
'error.bad_name': 'This name is not allowed.',
'error.too_many_rooms': 'There are too many rooms.',
'error.too_long': 'The text is too long.',
'error.rate_limited': 'That was too much at once. Wait a moment.',
'error.unavailable': 'The server cannot do that just now. Try again.',
};
return { english };
})();
const m5 = roostModules.m5 = (() => {
const { chosenLanguage, setChosenLanguage } = m1;
const { english } = m4;
const languages = { en: 'English', de: 'Deutsch', ar: 'العربية' };
const rightToLeft = new Set(['ar']);
const rightToLeftText = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/u;
const linkOf = (tag) => document.querySelector(`link[hreflang="${tag}"]`);
let tag = 'en';
let region = 'en';
let table = english;
let plurals = null;
let numbers = null;
const listeners = [];
const patience = 8_000;
const baseOf = (one) => one.toLowerCase().split('-')[0];
function preferred(chosen = chosenLanguage(), wanted = navigator.languages) {
if (chosen in languages) return chosen;
return wanted.map(baseOf).find((one) => one in languages) ?? 'en';
}
const locale = () => region;
const isEnglish = () => tag === 'en';
function turnTo(next, texts) {
tag = next;
region = navigator.languages.find((one) => baseOf(one) === tag) ?? tag;
table = texts;
plurals = numbers = null;
const root = document.documentElement;
root.lang = tag;
root.dir = rightToLeft.has(tag) ? 'rtl' : 'ltr';
translate(document);
for (const listener of listeners) listener();
}
async function fetchTexts(address) {
const answer = await fetch(address, { signal: AbortSignal.timeout(patience) });
return answer.json();
}
async function speak(wanted = preferred()) {
let texts = english;
try {
if (wanted !== 'en') texts = await fetchTexts(linkOf(wanted).href);
} catch {
wanted = 'en';
}
turnTo(wanted, texts);
}
function speakAtOnce() {
const isThere = preferred() === 'en';
if (isThere) turnTo('en', english);
return isThere;
}
function choose(wanted) {
setChosenLanguage(wanted);
return speak();
}
function onLanguage(changed) {
listeners.push(changed);
}
const count = (value) => (numbers ??= new Intl.NumberFormat(locale())).format(value);
function isolated(value) {
const text = typeof value === 'number' ? count(value) : String(value);
const turns = rightToLeft.has(tag) ? /\p{L}/u.test(text) : rightToLeftText.test(text);
return turns ? `\u2068${text}\u2069` : text;
}
function words(key, values = {}) {
let text = table[key] ?? english[key];
if (typeof text === 'object') {
plurals ??= new Intl.PluralRules(locale());
text = text[plurals.select(values.count)] ?? text.other;
}
return text.replace(/\{(\w+)\}/gu, (_, name) => isolated(values[name]));
}
function listed(names) {
const shown = names.length > 3
? [...names.slice(0, 2), words('people.others', { count: names.length - 2 })] : names;
return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(shown);
}
function withKeys(text) {
return text.split(/\[([^\]]+)\]/u).map((part, index) => {
if (index % 2 === 0) return part;
return Object.assign(document.createElement('kbd'), { textContent: part });
});
}
const attributes = { label: 'aria-label', hint: 'placeholder', tip: 'title' };
function translate(root) {
for (const node of root.querySelectorAll('[data-words]')) {
node.replaceChildren(...withKeys(words(node.dataset.words)));
}
for (const [name, attribute] of Object.entries(attributes)) {
for (const node of root.querySelectorAll(`[data-${name}]`)) {
node.setAttribute(attribute, words(node.dataset[name]));
}
}
}
return { languages, preferred, locale, isEnglish, speak, speakAtOnce, choose, onLanguage, count, words, listed };
})();
const m6 = roostModules.m6 = (() => {
function keyOf(name) {
const folded = name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase();
return folded.normalize('NFKC').replace(/[\u200C\u200D]/gu, '');
}
const sameName = (one, other) => keyOf(one) === keyOf(other);
function compareNames(one, other) {
return one.localeCompare(other, undefined, { sensitivity: 'base', numeric: true });
}
function randomID() {
if (crypto.randomUUID) return crypto.randomUUID();
const bytes = crypto.getRandomValues(new Uint8Array(16));
return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
const nameCharacter = /[\p{L}\p{M}\p{N}_]/u;
const nameContinues = /^(?:[\p{L}\p{M}\p{N}_]|[-.]+[\p{L}\p{M}\p{N}_])/u;
function mentions(text, name) {
if (!text.includes('@')) return false;
const folded = keyOf(text);
const wanted = `@${keyOf(name)}`;
for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
const before = [...folded.slice(Math.max(0, at - 2), at)].pop() ?? ' ';
if (nameCharacter.test(before)) continue;
if (!nameContinues.test(folded.slice(at + wanted.length))) return true;
}
return false;
}
return { keyOf, sameName, compareNames, randomID, mentions };
})();
const m7 = (() => {
const listLimit = 200;
const spread = 1_500;
const notAgainFor = 3_000;
class People {
#roost;
#changed;
#asked = new WeakMap();
constructor(roost, changed) {
this.#roost = roost;
this.#changed = changed;
}
look(room) {
if (room?.state !== 'joined' || room.members || room.count > listLimit) return;
const now = performance.now();
if (now < (this.#asked.get(room) ?? 0)) return;
const wait = Math.random() * spread;
this.#asked.set(room, now + wait + notAgainFor);
setTimeout(() => this.#ask(room), wait);
}
async #ask(room) {
if (room.state !== 'joined' || room.members) return;
const reply = await this.#roost.command('who', { room: room.name }).catch(() => null);
if (reply && reply.count <= listLimit) room.setMembers(reply);
else setTimeout(this.#changed, notAgainFor);
this.#changed();
}
}
return { listLimit, People };
})();
const m8 = (() => {
const { keyOf } = m6;
const { keepUserRecord, onOtherTabs, userRecord } = m1;
const saveAfter = 500;
class Record {
session;
#key = '';
#unsaved = new Set();
#timer = 0;
constructor(events) {
onOtherTabs(() => {
if (!this.#key) return;
if (this.session && userRecord(this.#key).session === null) events.signedOutElsewhere();
else events.readElsewhere();
});
}
load(user) {
this.#key = keyOf(user);
this.session = this.storedSession ?? undefined;
}
get storedSession() {
return userRecord(this.#key).session;
}
keepSession(user, session) {
this.#key = keyOf(user);
this.session = session;
this.#change((stored) => (stored.session = session));
}
forgetSession() {
const { session } = this;
this.#change((stored) => {
if (stored.session === session) stored.session = null;
});
this.session = undefined;
this.#key = '';
}
get roomNames() {
return userRecord(this.#key).rooms;
}
readTo(room) {
return userRecord(this.#key).read[room.key];
}
joined(room) {
this.#change((stored) => {
const at = stored.rooms.findIndex((name) => keyOf(name) === room.key);
if (at < 0) stored.rooms.push(room.name);
else stored.rooms[at] = room.name;
});
this.wasRead(room);
}
left(room) {
this.#unsaved.delete(room);
this.#change((stored) => {
stored.rooms = stored.rooms.filter((name) => keyOf(name) !== room.key);
delete stored.read[room.key];
});
}
wasRead(room) {
this.#unsaved.add(room);
clearTimeout(this.#timer);
this.#timer = setTimeout(() => this.save(), saveAfter);
}
save() {
clearTimeout(this.#timer);
if (this.#unsaved.size === 0) return;
this.#change(({ read }) => {
for (const { key, epochs, readEpoch, readTo } of this.#unsaved) {
if (readEpoch === null || readTo === null) continue;
const before = read[key];
if (epochs.has(before?.epoch) && before.offset > readTo) continue;
read[key] = { epoch: readEpoch, offset: readTo };
}
});
this.#unsaved.clear();
}
#change(apply) {
if (!this.#key) return;
const stored = userRecord(this.#key);
const before = JSON.stringify(stored);
apply(stored);
if (JSON.stringify(stored) !== before) keepUserRecord(this.#key, stored);
}
}
return { Record };
})();
const m9 = (() => {
const { keyOf } = m6;
function entryOf(entry) {
const { type = 'message', offset, user, text = '', at, id } = entry;
const kept = { type, offset, user, author: keyOf(user ?? ''), text, at, id };
for (const field of ['reply', 'edited', 'reactions', 'deleted', 'target', 'emoji']) {
if (entry[field] !== undefined) kept[field] = entry[field];
}
return kept;
}
const isMessage = ({ type }) => type === 'message';
function applyChange(message, { type, offset, user, text, emoji }) {
if (message.deleted) return;
if (type === 'edited') {
if (offset < (message.edited ?? 0)) return;
message.edited = offset;
message.text = text;
} else if (type === 'deleted') {
message.deleted = offset;
message.text = '';
delete message.reactions;
} else if (type === 'reaction') {
message.reactions = withReaction(message.reactions ?? {}, user, emoji);
}
delete message.item;
delete message.mentioned;
}
function withReaction(reactions, user, emoji) {
const key = keyOf(user);
const made = {};
for (const [old, names] of Object.entries(reactions)) {
const others = names.filter((name) => keyOf(name) !== key);
if (others.length > 0) made[old] = others;
}
if (emoji) made[emoji] = [...(made[emoji] ?? []), user];
return made;
}
return { entryOf, isMessage, applyChange };
})();
const m10 = (() => {
class Past {
entries = [];
get length() {
return this.entries.length;
}
keep(entries, epoch, end) {
for (const entry of entries) entry.epoch = epoch;
this.entries.push(...entries);
const last = this.entries[this.entries.length - 1];
if (last && (last.end ?? 'missed') === 'missed') last.end = end;
}
reach(epoch, first) {
const isOlder = (entry) => entry.epoch !== epoch || entry.offset < first;
if (!this.entries.every(isOlder)) this.entries = this.entries.filter(isOlder);
let from = this.entries.length;
let next = first - 1;
while (from > 0 && this.entries[from - 1].epoch === epoch
&& this.entries[from - 1].offset === next) {
from -= 1;
next -= 1;
}
const found = this.entries.splice(from);
for (const entry of found) delete entry.end;
const last = this.entries[from - 1];
if (last) last.end ??= 'missed';
return found;
}
dropOldest(count) {
return this.entries.splice(0, Math.max(0, count)).length;
}
dropPresent(epoch) {
this.entries = this.entries.filter((entry) => entry.epoch !== epoch);
}
}
return { Past };
})();
const m11 = (() => {
const epochsOf = ({ epoch, first_epoch: first, messages }) =>
[first, ...messages.map((message) => message.epoch), epoch].filter((one) => one);
function hasBegunAnew(reply, { epoch, offset }) {
if (offset > reply.offset) return true;
let at = reply.first_epoch ?? reply.epoch;
const known = new Set([at]);
for (const message of reply.messages) {
at = message.epoch ?? at;
known.add(at);
if (message.offset === offset) return at !== epoch;
}
const first = reply.messages[0]?.offset ?? reply.offset + 1;
return first <= offset + 1 && !known.has(epoch);
}
return { epochsOf, hasBegunAnew };
})();
const m12 = (() => {
const { applyChange, entryOf, isMessage } = m9;
const { keyOf, mentions, sameName } = m6;
const { Past } = m10;
const { epochsOf, hasBegunAnew } = m11;
const windowLimit = 5000;
const dropped = 64;
const typingLasts = 5_000;
class Room {
state = 'away';
problem = '';
epoch = null;
placeEpoch = null;
epochs = new Set();
position = -1;
entries = [];
topic = '';
past = new Past();
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
readEpoch = null;
newFrom = null;
renewed = false;
constructor(name, link) {
this.name = name;
this.key = keyOf(name);
this.link = link;
}
get first() {
return this.entries[0];
}
get last() {
return this.entries[this.entries.length - 1];
}
applyJoined(reply, me, read, restarted = false) {
const resumed = reply.recovered === true && this.epoch !== null;
const before = this.epoch;
const continued = this.epochs.has(reply.epoch) || this.epochs.has(reply.first_epoch);
this.state = 'joined';
this.problem = '';
this.name = reply.room;
this.topic = reply.topic ?? '';
this.setMembers(reply);
if (resumed) {
for (const entry of reply.messages) this.applyEntry(entry, me);
if (reply.more) this.#leaveRest(reply.offset);
this.#noteEpochs(reply);
return;
}
if (before !== null) {
const other = restarted ? 'restarted' : 'closed';
this.past.keep(this.entries, before, continued ? 'missed' : other);
}
if (!continued) {
this.epoch = reply.epoch;
this.epochs.clear();
}
this.#noteEpochs(reply);
this.entries = reply.messages.map(entryOf);
this.position = reply.offset;
this.atEnd = true;
this.older = (this.first?.offset ?? 1) > 1 ? 'unknown' : 'none';
this.renewed = before === null && read !== undefined && hasBegunAnew(reply, read);
this.#closeGap();
this.#dropOldest();
this.#countUnread(me, reply, read, before);
}
#noteEpochs(reply) {
for (const epoch of epochsOf(reply)) this.epochs.add(epoch);
this.placeEpoch = reply.epoch;
}
#leaveRest(offset) {
this.unread += Math.max(0, offset - this.position);
this.position = Math.max(this.position, offset);
this.atEnd = false;
}
#closeGap() {
const first = this.first?.offset ?? this.position + 1;
this.entries.unshift(...this.past.reach(this.epoch, first));
if (this.first?.offset <= 1) this.older = 'none';
}
isPast(entry) {
return entry.epoch !== undefined && entry.epoch !== this.epoch;
}
#countUnread(me, reply, read, before) {
const beginning = (this.first?.offset ?? this.position + 1) - 1;
if (before === null && !this.renewed) {
this.readTo = read?.offset ?? this.position;
this.readEpoch = read?.epoch ?? this.placeEpoch;
} else if (before !== this.epoch || this.readTo === null) {
this.readTo = beginning;
this.readEpoch = reply.first_epoch ?? reply.epoch;
}
this.#countFresh(me);
}
#countFresh(me) {
const mine = keyOf(me);
const fresh = this.entries.filter((entry) =>
isMessage(entry) && entry.offset > this.readTo && entry.author !== mine);
const before = (this.first?.offset ?? this.position + 1) - 1 - this.readTo;
const after = this.position - (this.last?.offset ?? this.position);
this.unread = fresh.length + Math.max(0, before) + Math.max(0, after);
this.newFrom = fresh.length > 0 ? fresh[0].offset : null;
this.mentioned = fresh.some((entry) => mentions(entry.text, me));
}
readElsewhere(place, me) {
if (this.readTo === null || !this.epochs.has(place?.epoch)) return false;
if (place.offset <= this.readTo) return false;
this.readTo = Math.min(place.offset, this.position);
this.readEpoch = place.epoch;
const { newFrom } = this;
this.#countFresh(me);
if (this.unread === 0) this.newFrom = newFrom;
return true;
}
applyEntry(entry, me, watched = false) {
if (entry.offset <= this.position) return;
this.position = entry.offset;
if (entry.epoch) {
this.placeEpoch = entry.epoch;
this.epochs.add(entry.epoch);
}
const made = entryOf(entry);
this.#change(made);
if (this.atEnd) this.#append(made);
if (watched) this.#readAll();
if (!isMessage(made)) return;
this.typing.delete(made.author);
if (watched || sameName(made.user, me)) return;
if (this.unread === 0) this.newFrom = made.offset;
this.unread += 1;
if (mentions(made.text, me)) this.mentioned = true;
}
#change(change) {
if (change.type === 'topic') this.topic = change.text;
if (change.target === undefined) return;
const isIt = (entry) => entry.offset === change.target && !this.isPast(entry);
const message = this.entries.find(isIt) ?? this.past.entries.find(isIt);
if (message) applyChange(message, change);
}
#append(entry) {
if (this.past.length + this.entries.length >= windowLimit && !this.following) {
this.atEnd = false;
return;
}
this.entries.push(entry);
this.#dropOldest();
}
#dropOldest() {
if (this.past.length + this.entries.length <= windowLimit) return;
const surplus = this.past.length + this.entries.length - windowLimit + dropped;
const rest = surplus - this.past.dropOldest(surplus);
if (rest === 0) return;
this.entries.splice(0, rest);
this.older = 'unknown';
}
prepend(messages, more) {
const first = this.first?.offset ?? Infinity;
const page = messages.filter(({ offset }) => offset < first).map(entryOf);
this.older = more && page.length > 0 ? 'unknown' : 'none';
this.entries.unshift(...page);
this.#closeGap();
const surplus = this.past.length + this.entries.length - windowLimit;
if (surplus > 0) {
this.entries.splice(-surplus);
this.atEnd = false;
}
}
append(messages, more) {
const last = this.last?.offset ?? -1;
const page = messages.filter(({ offset }) => offset > last).map(entryOf);
if (last >= 0 && page.length > 0 && page[0].offset > last + 1) {
this.past.keep(this.entries, this.epoch, 'missed');
this.entries = [];
this.older = 'none';
}
this.entries.push(...page);
for (const entry of page) this.#change(entry);
this.#dropOldest();
this.atEnd = !more || (this.last?.offset ?? -1) >= this.position;
}
replace(messages, more) {
this.entries = messages.map(entryOf);
this.older = more ? 'unknown' : 'none';
this.past.dropPresent(this.epoch);
this.#dropOldest();
this.position = Math.max(this.position, this.last?.offset ?? -1);
this.atEnd = (this.last?.offset ?? this.position) >= this.position;
}
applyKicked(words) {
this.state = 'refused';
this.problem = words;
this.members = null;
this.typing.clear();
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
#readAll() {
this.readTo = this.position;
this.readEpoch = this.placeEpoch;
}
markRead() {
this.#readAll();
this.unread = 0;
this.mentioned = false;
}
}
return { windowLimit, typingLasts, Room };
})();
(() => {

})();
const m14 = (() => {
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
case 4005:
return { retry: false, again: true };
case 4004:
return { retry: false, again: false };
default:
return after(backoff(attempt, random));
}
}
return { backoff, advice };
})();
const m15 = (() => {
const isOnline = () => globalThis.navigator?.onLine !== false;
const isShown = () => !globalThis.document?.hidden;
function watchSurroundings(lookAgain, wentOffline) {
if (!globalThis.addEventListener) return () => {};
const page = globalThis.document;
const shown = () => {
if (isShown()) lookAgain();
};
addEventListener('online', lookAgain);
addEventListener('offline', wentOffline);
addEventListener('pageshow', lookAgain);
page?.addEventListener('visibilitychange', shown);
return () => {
removeEventListener('online', lookAgain);
removeEventListener('offline', wentOffline);
removeEventListener('pageshow', lookAgain);
page?.removeEventListener('visibilitychange', shown);
};
}
return { isOnline, isShown, watchSurroundings };
})();
const m16 = (() => {
const { advice, backoff } = m14;
const { isOnline, isShown, watchSurroundings } = m15;
const connectDeadline = 10_000;
const answerDeadline = 5_000;
const doubtAfter = 2_000;
const offlineDeadline = 3_000;
const stableAfter = 5_000;
const silenceLimit = 30_000;
const silenceCheckedEvery = 10_000;
const silenceBeforeWriting = 5_000;
function chatAddress(location) {
const address = new URL('chat', location.href);
address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
return address.href;
}
class Connection {
 
state = { phase: 'idle' };
#makeSocket;
#events;
 
#socket = null;
#attempt = 0;
#retryTimer = 0;
#stableTimer = 0;
#deadline = 0;
#deadlineAt = Infinity;
#doubtTimer = 0;
#lastReceived = 0;
 
#endWatch = null;
constructor(makeSocket, events) {
this.#makeSocket = makeSocket;
this.#events = events;
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
retryAfter(milliseconds, reason) {
this.#letGo(1000);
this.#wait(milliseconds, 1013, reason);
this.#events.closed(1013, reason);
}
send(object) {
if (this.state.phase !== 'open') return false;
this.#socket.send(JSON.stringify(object));
return true;
}
expect(milliseconds = answerDeadline) {
if (this.state.phase !== 'open') return;
const at = performance.now() + milliseconds;
if (at >= this.#deadlineAt) return;
clearTimeout(this.#deadline);
this.#deadlineAt = at;
this.#deadline = setTimeout(() => this.#lost(1006, 'No answer.'), milliseconds);
this.#doubtTimer ||= setTimeout(() => this.#doubt(), doubtAfter);
}
expectWriting() {
this.#probeAfter(silenceBeforeWriting);
}
#probeAfter(silence) {
const isSilent = performance.now() - this.#lastReceived >= silence;
if (this.state.phase === 'open' && isSilent && !this.#deadline) this.#events.probe();
}
#doubt() {
if (this.state.phase === 'open' && !this.state.doubt) {
this.#enter({ phase: 'open', doubt: true });
}
}
#wentOffline() {
if (this.state.phase === 'open') {
this.#events.probe();
this.expect(offlineDeadline);
this.#doubt();
} else {
this.#events.changed();
}
}
#lookAgain() {
if (this.state.phase === 'waiting') {
if (isOnline() && this.state.code === 1006) this.#connect();
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
socket = this.#makeSocket();
} catch (error) {
this.#enter({ phase: 'stopped', code: 0, reason: String(error), again: true });
this.#events.closed(0, String(error));
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
socket.onerror = () => {};
}
#arrived() {
this.#lastReceived = performance.now();
clearTimeout(this.#deadline);
clearTimeout(this.#doubtTimer);
this.#deadline = this.#doubtTimer = 0;
this.#deadlineAt = Infinity;
if (this.state.doubt) this.#enter({ phase: 'open' });
}
#lost(code, reason) {
const wasOpen = this.state.phase === 'open';
this.#letGo();
const next = advice(code, reason, this.#attempt);
this.#attempt += 1;
if (next.retry) {
const delay = wasOpen || next.delay > 0 ? next.delay : backoff(this.#attempt);
this.#wait(delay, code, reason);
} else {
this.#enter({ phase: 'stopped', code, reason, again: next.again });
}
this.#events.closed(code, reason);
}
#wait(delay, code, reason) {
this.#retryTimer = setTimeout(() => this.#connect(), delay);
this.#enter({ phase: 'waiting', retryAt: Date.now() + delay, code, reason });
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
if (state.phase === 'idle' || state.phase === 'stopped') this.#rest();
else this.#endWatch ??= this.#watch();
this.#events.changed();
}
#rest() {
this.#endWatch?.();
this.#endWatch = null;
}
#watch() {
const end = watchSurroundings(() => this.#lookAgain(), () => this.#wentOffline());
const timer = setInterval(() => {
if (isShown()) this.#probeAfter(silenceLimit);
}, silenceCheckedEvery);
return () => {
end();
clearInterval(timer);
};
}
}
return { chatAddress, Connection };
})();
const m17 = (() => {
class Listeners {
#all = new Map();
add(name, listener) {
if (typeof listener !== 'function') throw new TypeError('A listener is a function.');
const before = this.#all.get(name) ?? [];
this.#all.set(name, [...before, listener]);
return () => {
const others = (this.#all.get(name) ?? []).filter((other) => other !== listener);
this.#all.set(name, others);
};
}
call(name, event) {
for (const listener of this.#all.get(name) ?? []) {
try {
listener(event);
} catch (error) {
queueMicrotask(() => {
throw error;
});
}
}
}
}
return { Listeners };
})();
const m18 = (() => {
const { CommandError, Disconnected } = m0;
const otherTabTakes = 1_500;
class Login {
#commands;
#sessions;
#events;
#attempt = 0;
#session = '';
#password;
#keepsPassword = false;
#token;
constructor(commands, sessions, events) {
this.#commands = commands;
this.#sessions = sessions;
this.#events = events;
}
use({ password, keeps, token }) {
this.#password = password || undefined;
this.#keepsPassword = keeps === true;
this.#token = token;
}
async begin(user) {
this.#attempt += 1;
const attempt = this.#attempt;
for (;;) {
const { session } = this.#sessions;
try {
const password = this.#password;
const token = await this.#freshToken();
if (attempt !== this.#attempt) return;
const command = { type: 'login', user, session, password, token, join: false };
this.#welcomed(await this.#commands.request(command));
return;
} catch (error) {
if (error instanceof Disconnected) return;
if (!(error instanceof CommandError)) throw error;
const again = await this.#hasOtherSession(error, session, attempt);
if (attempt !== this.#attempt) return;
if (again) continue;
if (!this.#keepsPassword) this.#password = undefined;
this.#events.refused(error);
return;
}
}
}
async #freshToken() {
return typeof this.#token === 'function' ? this.#token() : this.#token;
}
abandon() {
this.#attempt += 1;
}
#welcomed(welcome) {
const restarted = this.#session !== '' && this.#session !== welcome.session;
this.#session = welcome.session;
if (!this.#keepsPassword) this.#password = undefined;
this.#sessions.keepSession(welcome.user, welcome.session);
this.#events.welcomed(welcome, restarted);
}
async #hasOtherSession({ code }, session, attempt) {
if (!session) return false;
if (code === 'bad_token' && this.#token === undefined) {
this.#sessions.session = undefined;
return true;
}
const end = performance.now() + otherTabTakes;
while (code === 'name_taken' && attempt === this.#attempt && performance.now() < end) {
const stored = this.#sessions.storedSession;
if (stored && stored !== session) {
this.#sessions.session = stored;
return true;
}
await new Promise((resolve) => setTimeout(resolve, 100));
}
return false;
}
}
return { Login };
})();
const m19 = (() => {
const { CommandError, Disconnected } = m0;
const { keyOf, randomID, sameName } = m6;
const standardRest = 2_000;
class Outbox {
items = [];
#me = '';
#commands;
#roomOf;
#store;
#events;
#promised = new Map();
#busy = false;
#resting = 0;
constructor(commands, roomOf, store, events) {
this.#commands = commands;
this.#roomOf = roomOf;
this.#store = store;
this.#events = events;
this.items = store?.load() ?? [];
for (const item of this.items) if (item.state !== 'failed') item.state = 'waiting';
}
enter(me) {
this.#me = me;
}
isHeld(item) {
return !sameName(item.user, this.#me);
}
of(room) {
return this.items.filter((item) => item.room === room.key);
}
unsent(room) {
return this.items.filter(
(item) => item.state !== 'sent' && (!room || item.room === room.key));
}
get places() {
return this.items.map((item) => item.place ?? item.room);
}
add(room, text, { id = randomID(), ...fields } = {}) {
const at = new Date().toISOString();
return new Promise((resolve, reject) => {
this.#promised.set(id, { resolve, reject });
this.items.push({
id, user: keyOf(this.#me), name: this.#me, room: room.key, place: room.name, text,
fields, at, state: 'waiting',
});
this.#keep();
this.pump();
});
}
retry(item) {
if (this.isHeld(item)) Object.assign(item, { user: keyOf(this.#me), name: this.#me });
item.state = 'waiting';
this.#keep();
this.pump();
}
discard(item, error = new Disconnected('The message was discarded.')) {
this.items = this.items.filter((other) => other !== item);
this.#promised.get(item.id)?.reject(error);
this.#promised.delete(item.id);
this.#keep();
}
forget(room) {
for (const item of room ? this.of(room) : this.items) this.discard(item);
}
giveUp(room, error) {
if (this.#store) return;
for (const item of room ? this.of(room) : this.items) this.discard(item, error);
clearTimeout(this.#resting);
this.#resting = 0;
}
move(from, room) {
for (const item of this.items) {
if (item.room === from) Object.assign(item, { room: room.key, place: room.name });
}
}
arrived(id, place) {
this.#answered(id, place);
const item = this.items.find((candidate) => candidate.id === id);
if (item) this.#arrived(item);
}
#answered(id, place) {
this.#promised.get(id)?.resolve(place);
this.#promised.delete(id);
}
#arrived(item) {
this.#events.ended(item, null);
this.discard(item);
}
settle(room) {
const accepted = this.of(room).filter(({ state }) => state === 'sent');
for (const item of accepted) this.discard(item);
return accepted;
}
async pump() {
if (this.#busy || this.#resting) return;
const item = this.items.find((candidate) =>
candidate.state === 'waiting' && !this.isHeld(candidate)
&& this.#roomOf(candidate.room)?.state === 'joined');
if (!item) return;
this.#busy = true;
await this.#send(item, this.#roomOf(item.room));
this.#busy = false;
this.#keep();
if (item.state !== 'waiting') this.pump();
}
async #send(item, room) {
item.state = 'sending';
this.#events.changed();
try {
const { name } = room;
const { id, text, fields } = item;
const command = { ...fields, type: 'message', room: name, text, id };
const { offset, epoch } = await this.#commands.request(command);
item.state = 'sent';
this.#answered(id, { offset, epoch });
if (offset <= room.place?.offset && this.items.includes(item)) this.#arrived(item);
} catch (error) {
if (error instanceof Disconnected) {
item.state = 'waiting';
} else if (error.code === 'unavailable') {
item.state = 'waiting';
this.#rest(error.retryAfter ?? standardRest);
} else {
this.#failed(item, error);
if (!(error instanceof CommandError)) console.error(error);
}
}
}
#failed(item, error) {
item.state = 'failed';
item.problem = error.message;
this.#events.ended(item, error);
this.#promised.get(item.id)?.reject(error);
this.#promised.delete(item.id);
if (!this.#store) this.discard(item);
}
#rest(milliseconds) {
this.#resting = setTimeout(() => {
this.#resting = 0;
this.pump();
}, milliseconds * (1 + Math.random() / 4));
}
#keep() {
this.#store?.save(this.items);
this.#events.changed();
}
}
return { Outbox };
})();
const m20 = (() => {
const { CommandError, Disconnected } = m0;
const { Listeners } = m17;
const { keyOf, sameName } = m6;
const resumeLimit = 200;
const typingEvery = 3_000;
const noEntries = new Set(['presence', 'typing', 'read']);
 
class RoostRoom {

name;

key;

state = 'away';

error = null;

place = null;
 
count = 0;

attempt = Promise.resolve();
#chat;
#last;
#catchesUp;
 
#entering = null;
 
#held = null;
#listeners = new Listeners();
#typedAt = 0;
 
constructor(chat, name, { since = null, last = 0, catchUp = true }) {
this.#chat = chat;
this.name = name;
this.key = keyOf(name);
this.place = since;
this.#last = last;
this.#catchesUp = catchUp;
}

on(name, listener) {
return this.#listeners.add(name, listener);
}

say(text, fields = {}) {
this.#typedAt = 0;
return this.#chat.outbox.add(this, text, fields);
}
 
typing() {
const now = Date.now();
const rest = this.#chat.timing?.typing ?? typingEvery;
if (this.state !== 'joined' || now - this.#typedAt < rest) return;
this.#typedAt = now;
this.#chat.tell({ type: 'typing', room: this.name });
}

history(range = {}) {
const { after, before, limit } = range;
if (after !== undefined) return this.command('history', { after, limit });
return this.command('history', { before: before ?? Number.MAX_SAFE_INTEGER, limit });
}

command(type, fields = {}) {
return this.#chat.request({ ...fields, type, room: this.name });
}
 
leave() {
if (this.state === 'joined') this.command('leave').catch(() => {});
this.state = 'left';
this.#chat.left(this);
}
enter() {
const attempt = this.#entering ?? this.#enter().finally(() => {
this.#entering = null;
});
this.#entering = this.attempt = attempt;
return attempt;
}
async #enter() {
const { name, place } = this;
const limit = place ? resumeLimit : this.#last;
const command = { type: 'join', room: name, since: place ?? undefined, limit, more: true };
try {
const reply = await this.#chat.request(command);
if (this.state !== 'left') this.#joined(reply);
} catch (error) {
if (error instanceof Disconnected) return false;
if (!(error instanceof CommandError)) throw error;
if (this.state !== 'left') this.#refused(error, 'refused');
}
return true;
}
#joined(reply) {
const before = this.place;
const recovered = reply.recovered === true && before !== null;
this.#spell(reply.room);
this.state = 'joined';
this.error = null;
this.count = reply.count ?? this.count;
this.#held = null;
if (!this.#catchesUp) {
this.place = { epoch: reply.epoch, offset: reply.offset };
this.#listeners.call('joined', reply);
for (const entry of reply.messages) this.#noteOwn(entry, reply.epoch);
} else {
this.#listeners.call('joined', reply);
this.#passOn(reply, before, recovered);
}
if (!recovered) this.#chat.outbox.settle(this);
this.#chat.outbox.pump();
}
#passOn(reply, before, recovered) {
if (recovered) {
this.#catchUp(reply);
return;
}
this.place = null;
if (before) this.#listeners.call('gap', { before, messages: reply.messages });
else this.#takePage(reply);
this.place = { epoch: reply.epoch, offset: reply.offset };
}
async #catchUp(reply) {
const held = [];
this.#held = held;
const isCurrent = () => this.#held === held;
for (let page = reply; ;) {
this.#takePage(page);
if (!page.more || page.messages.length === 0) break;
const before = this.place;
const range = { after: before?.offset, limit: resumeLimit };
page = await this.history(range).catch(() => null);
if (!isCurrent()) return;
if (page) continue;
this.#listeners.call('gap', { before, messages: [] });
break;
}
this.#held = null;
for (const entry of held) this.#take(entry, entry.epoch);
}
#takePage(page) {
let epoch = page.first_epoch ?? page.epoch;
for (const entry of page.messages) {
epoch = entry.epoch ?? epoch;
this.#take(entry, epoch);
}
}
#take(entry, epoch) {
if (this.place && entry.offset <= this.place.offset) return;
this.place = { epoch: epoch ?? this.place?.epoch ?? '', offset: entry.offset };
this.#noteOwn(entry, this.place.epoch);
this.#listeners.call('entry', entry);
if (!entry.deleted) this.#listeners.call(entry.type, entry);
}
#noteOwn({ type, id, user, offset }, epoch) {
if (type !== 'message' || !id || !sameName(user, this.#chat.user)) return;
this.#chat.outbox.arrived(id, { epoch, offset });
}
push(push) {
if (push.type === 'joined') {
this.#joined({ ...push, recovered: false });
} else if (Number.isSafeInteger(push.offset) && !noEntries.has(push.type)) {
if (this.#held) this.#held.push(push);
else this.#take(push, push.epoch);
} else if (push.type === 'kicked') {
this.#refused(new CommandError({ code: 'kicked', text: push.text }), 'kicked');
} else {
if (push.type === 'presence') this.count = push.count ?? this.count;
this.#listeners.call(push.type, push);
}
}
#refused(error, event) {
this.state = 'refused';
this.error = error;
this.#held = null;
this.#listeners.call(event, error);
this.#chat.outbox.giveUp(this, error);
}
#spell(name) {
const before = this.key;
this.name = name;
this.key = keyOf(name);
if (this.key !== before) this.#chat.renamed(before, this);
}
disconnected() {
if (this.state !== 'left') this.state = 'away';
this.#held = null;
}
}
return { RoostRoom };
})();
const m21 = (() => {
const { keyOf } = m6;
class Sessions {
session;
#storage;
#key = '';
constructor(storage) {
this.#storage = storage;
}
load(user) {
this.#key = `roost.session.${keyOf(user)}`;
this.session = this.storedSession;
}
get storedSession() {
return this.#storage?.getItem(this.#key) ?? undefined;
}
keepSession(user, session) {
this.#key = `roost.session.${keyOf(user)}`;
this.session = session;
this.#storage?.setItem(this.#key, session);
}
ended() {
if (this.session === this.storedSession) this.#storage?.removeItem(this.#key);
this.session = undefined;
}
}
return { Sessions };
})();
const m22 = (() => {
const { CommandError, Commands, Disconnected } = m0;
const { chatAddress, Connection } = m16;
const { Listeners } = m17;
const { Login } = m18;
const { keyOf } = m6;
const { Outbox } = m19;
const { RoostRoom } = m20;
const { Sessions } = m21;
const subprotocol = 'roost.v1';
const sessionEnded = 4005;
const passing = new Set(['rate_limited', 'unavailable']);
const loginRest = 5_000;
 
class Roost {
 
user = '';
 
account = false;

welcome = null;

first = null;

outbox;
#connection;
#commands;
#login;
#sessions;
#rooms = new Map();
#listeners = new Listeners();
#inside = false;
#isPatient = false;

constructor(address, options = {}) {
const { user, password, token, storage, unsent } = options;
const Socket = options.WebSocket ?? globalThis.WebSocket;
if (!Socket) throw new Error('There is no WebSocket here: pass one, { WebSocket }.');
const target = /^wss?:/i.test(address) ? address : chatAddress({ href: address });
this.#sessions = options.sessions ?? new Sessions(storage);
this.#connection = new Connection(() => new Socket(target, subprotocol), {
opened: () => this.#login.begin(this.user),
received: (push) => this.#received(push),
closed: (code, reason) => this.#closed(code, reason),
changed: () => this.#listeners.call('state', this.state),
probe: () => this.#commands.probe((this.first ?? this.rooms[0])?.name ?? 'lobby'),
});
this.#commands = new Commands(this.#connection);
this.#login = new Login(this.#commands, this.#sessions, {
welcomed: (welcome, restarted) => this.#welcomed(welcome, restarted),
refused: (error) => this.#refused(error),
});
this.outbox = new Outbox(this.#commands, (key) => this.#rooms.get(key), unsent, {
changed: () => this.#listeners.call('outbox', undefined),
ended: (item, error) => this.#listeners.call('sent', { item, error }),
});
if (user === undefined) return;
this.#begin(user, { password, keeps: true, token });
this.#isPatient = true;
}

get state() {
return this.#connection.state;
}
 
get limits() {
return this.welcome?.limits;
}
 
get rooms() {
return [...this.#rooms.values()];
}

on(name, listener) {
return this.#listeners.add(name, listener);
}

login(user, proof = {}) {
const { password, token } = proof;
this.#isPatient = false;
this.#begin(user, { password, token });
}
#begin(user, proof) {
this.user = user;
this.#login.use(proof);
this.#sessions.load(user);
this.outbox.enter(user);
this.#connection.open();
}

ready() {
if (this.#inside && this.welcome) return Promise.resolve(this.welcome);
return new Promise((resolve, reject) => {
const ends = [
this.on('welcome', (welcome) => end(() => resolve(welcome))),
this.on('refused', (error) => end(() => reject(error))),
this.on('closed', ({ reason }) => {
const { phase } = this.state;
if (phase !== 'waiting') end(() => reject(new Disconnected(reason)));
}),
];
const end = (settle) => {
for (const off of ends) off();
settle();
};
});
}

join(name, options = {}) {
const known = this.room(name);
if (known?.state === 'refused' && this.#inside) known.enter();
if (known) return known;
const room = new RoostRoom(this.#forRooms, name, options);
this.#rooms.set(room.key, room);
if (this.#inside) room.enter();
return room;
}

room(name) {
return this.#rooms.get(keyOf(name));
}

command(type, fields = {}) {
return this.#commands.request({ ...fields, type });
}
 
async logout({ everywhere = false } = {}) {
await this.command('logout', { everywhere });
this.#sessions.ended?.();
this.close();
}
 
close() {
this.#end(new Disconnected('It was closed here.'));
}
#end(error) {
this.#connection.close();
this.#closed(1000, error.message);
this.outbox.giveUp(null, error);
}
 
retryNow() {
this.#connection.retryNow();
}
 
expectWriting() {
this.#connection.expectWriting();
}
#forRooms = (() => {
const chat = this;
return {
get user() {
return chat.user;
},
get timing() {
return chat.welcome?.timing;
},
get outbox() {
return chat.outbox;
},
request: (command) => chat.#commands.request(command),
tell: (command) => chat.#commands.tell(command),
left: (room) => chat.#left(room),
renamed: (key, room) => chat.#renamed(key, room),
};
})();
#left(room) {
if (this.#rooms.get(room.key) === room) this.#rooms.delete(room.key);
this.outbox.giveUp(room, new Disconnected('The room was left.'));
}
#renamed(key, room) {
const others = this.rooms.filter((one) => one === room || one.key !== room.key);
this.#rooms = new Map(others.map((one) => [one.key, one]));
this.outbox.move(key, room);
}
#welcomed(welcome, restarted) {
this.#inside = true;
this.#isPatient = true;
this.user = welcome.user;
this.account = welcome.account === true;
this.welcome = { ...welcome, restarted };
this.outbox.enter(welcome.user);
this.#listeners.call('welcome', this.welcome);
this.#enterAll();
}
async #enterAll() {
const { first, rooms } = this;
const others = rooms.filter((room) => room !== first);
for (const room of first ? [first, ...others] : others) {
if (room.state === 'joined' || this.#rooms.get(room.key) !== room) continue;
if (!(await room.enter())) return;
}
}
#refused(error) {
if (this.#isPatient && passing.has(error.code)) {
this.#connection.retryAfter(error.retryAfter ?? loginRest, error.message);
return;
}
this.#listeners.call('refused', error);
this.#end(error);
}
#received(push) {
if (this.#commands.settle(push)) return;
if (push.room !== undefined) this.room(push.room)?.push(push);
this.#listeners.call('push', push);
}
#closed(code, reason) {
this.#inside = false;
this.#login.abandon();
this.#commands.abandon();
for (const room of this.#rooms.values()) room.disconnected();
if (code === sessionEnded) this.#sessions.ended?.();
this.#listeners.call('closed', { code, reason });
if (this.state.phase === 'stopped') this.#listeners.call('stopped', { code, reason });
}
}
return { Roost };
})();
const m23 = (() => {
const { isEnglish, words } = m5;
const forProgrammers = new Set(['bad_json', 'bad_request', 'unknown_type', 'not_logged_in']);
const translated = new Set([
'name_taken', 'bad_password', 'bad_name', 'too_many_rooms', 'too_long', 'rate_limited',
'unavailable',
]);
const saysMore = new Set(['bad_name', 'bad_request']);
function wordsForError({ code, message }) {
const aboutText = code === 'bad_request' && message.startsWith('The text ');
const own = translated.has(code) ? words(`error.${code}`) : '';
if (forProgrammers.has(code) && !aboutText) return words('error.misunderstood');
if (!message) return own || words('error.misunderstood');
if (isEnglish()) return message;
const said = words('error.server', { sentence: message });
if (!own) return said;
return saysMore.has(code) ? `${own} ${said}` : own;
}
const known = new Set([1001, 1006, 1008, 1011, 1012, 1013, 4001, 4002, 4003, 4004, 4005]);
const wordsForCode = (code) => words(`close.${known.has(code) ? code : 1006}`);
const wordsForSession = () => wordsForCode(4005);
function wordsForState(state, online) {
const { phase, code } = state;
const reason = isEnglish() || code === 4003 ? state.reason : '';
const isFull = code === 1013 && state.reason;
const cause = (isFull && reason) || wordsForCode(code);
switch (phase) {
case 'connecting':
return words(state.attempt > 0 ? 'bar.again' : 'bar.first');
case 'open':
return words(state.doubt ? 'bar.doubt' : 'state.open');
case 'waiting':
return online || isFull ? cause : words('bar.offline');
case 'stopped':
return reason || cause;
default:
return '';
}
}
return { wordsForError, wordsForSession, wordsForState };
})();
const m24 = (() => {
const { words } = m5;
const { keyOf } = m6;
const { Room } = m12;
const { wordsForError } = m23;
const firstRoom = 'lobby';
const snapshotLimit = 100;
const nameLimit = 64;
const wordsForLength = () => words('rooms.length', { count: nameLimit });
const hopeless = new Set(['bad_name', 'bad_request', 'not_found']);
class Rooms {
current = null;
problem = '';
#all = new Map();
#roost;
#record;
#events;
#restarted = new Set();
#cameFrom = new Map();
constructor(roost, record, events) {
this.#roost = roost;
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
restore(wanted, places) {
this.problem = '';
const known = this.#record.roomNames;
const names = known.length > 0 ? known : [firstRoom];
for (const { link } of this.list) link.leave();
this.#all = new Map();
for (const name of [...names, ...places]) this.#add(name);
this.current = this.named(names[0]);
if (wanted.length > nameLimit * 2) this.problem = wordsForLength();
else if (wanted) this.current = this.#add(wanted);
this.#roost.first = this.current?.link ?? null;
}
#add(name) {
const known = this.named(name);
if (known) return known;
const link = this.#roost.join(name, { last: snapshotLimit, catchUp: false });
const room = new Room(name, link);
this.#all.set(room.key, room);
link.on('joined', (reply) => this.#entered(room, reply));
link.on('refused', (error) => this.#refused(room, error));
this.#events.opened(room);
return room;
}
welcomed(restarted) {
this.#restarted = new Set(restarted ? this.list : []);
}
#entered(room, reply) {
const me = this.#roost.user;
this.#spell(room, reply.room);
const restarted = this.#restarted.delete(room);
room.applyJoined(reply, me, this.#record.readTo(room), restarted);
this.#record.joined(room);
this.look();
this.#events.entered(room, reply);
this.#events.changed();
}
#refused(room, error) {
room.state = 'refused';
room.problem = wordsForError(error);
if (hopeless.has(error.code) && room.epoch === null) this.#drop(room);
this.#events.changed();
}
#spell(room, name) {
const before = room.key;
room.name = name;
room.key = keyOf(name);
if (room.key === before) return;
this.#all = new Map(this.list.filter((one) => one === room || one.key !== room.key)
.map((one) => [one.key, one]));
if (this.current && this.get(this.current.key) !== this.current) this.current = room;
this.#events.renamed(before, room);
}
#drop(room) {
this.problem = words('rooms.missing', { room: room.name, problem: room.problem });
this.#record.left(room);
this.#forget(room);
}
async join(name) {
this.problem = '';
const known = this.named(name);
if (known) {
this.select(known);
return;
}
if (name.length > nameLimit * 2) {
this.problem = wordsForLength();
this.#events.changed();
return;
}
const before = this.current;
const room = this.#add(name);
this.#cameFrom.set(room, before);
this.select(room);
await room.link.attempt;
if (room.state === 'refused' && this.get(room.key) === room) {
this.problem = room.problem;
this.#forget(room);
}
this.#cameFrom.delete(room);
}
leave(room) {
this.problem = '';
this.#record.left(room);
this.#forget(room);
}
#forget(room) {
room.link.leave();
this.#all.delete(room.key);
if (this.current === room) {
this.current = null;
const next = this.#cameFrom.get(room);
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
this.#roost.first = room.link;
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
this.#record.wasRead(room);
this.#events.changed();
}
readElsewhere(me) {
const further = this.list.filter(
(room) => room.readElsewhere(this.#record.readTo(room), me));
if (further.length > 0) this.#events.changed();
}
disconnected() {
for (const room of this.#all.values()) room.disconnected();
}
}
return { Rooms };
})();
const m25 = (() => {
const { CommandError, Disconnected } = m0;
const { Drafts } = m2;
const { History } = m3;
const { words } = m5;
const { sameName } = m6;
const { People } = m7;
const { Record } = m8;
const { typingLasts } = m12;
const { Roost } = m22;
const { Rooms } = m24;
const { setLastName, setTabName, setUnsent, unsent } = m1;
const { wordsForError, wordsForSession } = m23;
const noticeLasts = 4_000;
const sessionEnded = 4005;
const signedOut = 'You have signed out elsewhere.';
const passing = new Set(['rate_limited', 'unavailable', 'bad_request']);
function suggestionIn({ code, message }) {
return code === 'bad_name' ? /Try "([^"\s]{1,64})"\.$/u.exec(message)?.[1] ?? '' : '';
}
class Chat {
phase = 'login';
me = '';
problem = '';
suggestion = '';
asksPassword = false;
account = false;
notice = null;
news = { number: 0, words: '' };
textLimit = 4000;
signingOut = false;
drafts = new Drafts();
#record;
#changed;
constructor(address, changed) {
this.#changed = changed;
this.#record = new Record({
readElsewhere: () => this.rooms.readElsewhere(this.me),
signedOutElsewhere: () => this.#sessionEnded(),
});
this.connection = new Roost(address, {
sessions: this.#record,
unsent: { load: unsent, save: setUnsent },
});
this.outbox = this.connection.outbox;
this.history = new History(this.connection, changed);
this.people = new People(this.connection, changed);
this.rooms = new Rooms(this.connection, this.#record, {
changed,
opened: (room) => this.#listenTo(room),
entered: (room, reply) => {
if (reply.recovered && reply.more) {
this.history.rest(room).then(() => this.rooms.look());
}
},
renamed: (key, room) => this.drafts.move(key, room),
});
this.#listen();
addEventListener('pagehide', () => this.#record.save());
document.addEventListener('visibilitychange', () => this.#record.save());
}
#listen() {
const { connection } = this;
for (const event of ['state', 'outbox', 'push']) connection.on(event, this.#changed);
connection.on('welcome', (welcome) => this.#welcomed(welcome));
connection.on('refused', (error) => {
const { code } = error;
this.suggestion = suggestionIn(error);
this.asksPassword = code === 'name_taken' || code === 'bad_password'
|| (this.asksPassword && passing.has(code));
this.#backToLogin(wordsForError(error));
});
connection.on('closed', ({ code, reason }) => {
this.rooms.disconnected();
if (code === sessionEnded) this.#sessionEnded(reason);
});
connection.on('sent', ({ item, error }) => {
if (error) item.problem = wordsForError(error);
const said = error ? words('message.notSent', { problem: item.problem })
: words('message.wasSent');
this.news = { number: this.news.number + 1, words: said };
});
}
enter(name, roomName, password = '') {
this.me = name;
this.problem = this.suggestion = '';
this.phase = 'entering';
this.connection.login(name, { password });
this.rooms.restore(roomName, this.outbox.places);
this.#changed();
}
async keepName(password) {
try {
await this.connection.command('account', { password });
this.account = true;
this.#changed();
return '';
} catch (error) {
if (error instanceof Disconnected) return words('account.lost');
if (!(error instanceof CommandError)) throw error;
return error.code === 'bad_request' ? error.message : wordsForError(error);
}
}
async signOut(everywhere = false) {
if (this.signingOut) return;
this.signingOut = true;
this.#changed();
await this.connection.command('logout', { everywhere }).catch(() => {});
this.signingOut = false;
this.#record.save();
this.#record.forgetSession();
this.outbox.forget();
this.drafts.forget();
this.#backToLogin('');
}
#sessionEnded(reason = signedOut) {
if (this.phase === 'login' || this.signingOut) return;
this.#record.forgetSession();
this.#backToLogin(reason === signedOut ? wordsForSession() : reason);
}
#backToLogin(problem) {
setTabName('');
this.phase = 'login';
this.problem = problem;
this.connection.close();
this.#changed();
}
#welcomed(welcome) {
this.phase = 'in';
this.me = welcome.user;
this.account = welcome.account === true;
this.asksPassword = false;
this.textLimit = welcome.limits?.text ?? this.textLimit;
setLastName(this.me);
setTabName(this.me);
this.rooms.welcomed(welcome.restarted);
this.#changed();
}
join(name) {
return this.rooms.join(name);
}
leave(room) {
this.outbox.forget(room);
this.drafts.forget(room);
this.rooms.leave(room);
}
say(text) {
const room = this.rooms.current;
if (!room) return;
room.newFrom = null;
room.following = true;
room.link.say(text).catch(() => {});
if (!room.atEnd) this.history.newest(room);
}
typed() {
this.connection.expectWriting();
this.rooms.current?.link.typing();
}
#listenTo(room) {
const { link } = room;
link.on('entry', (entry) => {
room.applyEntry(entry, this.me, this.rooms.watches(room));
this.rooms.look();
});
link.on('presence', (push) => {
room.applyPresence(push);
this.#announce(room, push);
});
link.on('typing', ({ user }) => {
if (sameName(user, this.me)) return;
room.applyTyping(user);
setTimeout(this.#changed, typingLasts + 100);
});
link.on('kicked', (error) => room.applyKicked(error.message));
}
#announce(room, push) {
if (push.event === 'count' || sameName(push.user, this.me)) return;
const key = push.event === 'join' ? 'notice.joined' : 'notice.left';
const notice = { room, text: words(key, { name: push.user }) };
this.notice = notice;
setTimeout(() => {
if (this.notice !== notice) return;
this.notice = null;
this.#changed();
}, noticeLasts);
}
}
return { Chat };
})();
const m26 = roostModules.m26 = (() => {
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
const composes = (event) => event.isComposing || event.keyCode === 229;
const touchKeyboard = matchMedia('(pointer: coarse)');
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
return { byID, element, icon, setText, setHidden, composes, touchKeyboard, reconcile };
})();
const m27 = (() => {
function placeIn(hash) {
let text = hash.slice(1);
try {
text = decodeURIComponent(text);
} catch {
}
const found = /^(.*)\/(\d{1,15})$/su.exec(text);
return found ? { room: found[1], offset: Number(found[2]) } : { room: text, offset: null };
}
const hashOf = (room, offset) =>
`#${encodeURIComponent(room.name)}${offset === undefined ? '' : `/${offset}`}`;
function linkTo(room, entry, page = location) {
return new URL(hashOf(room, entry.offset), page.href.split('#')[0]).href;
}
async function copyLink(room, entry) {
try {
await navigator.clipboard.writeText(linkTo(room, entry));
return true;
} catch {
return false;
}
}
return { placeIn, hashOf, linkTo, copyLink };
})();
const m28 = roostModules.m28 = (() => {
const { byID, element } = m26;
const started = { chat: null, view: null };
let isAsked = false;
function loadLater(attempt = 1) {
if (isAsked && attempt === 1) return;
isAsked = true;
const script = element('script', { src: byID('later').href });
script.addEventListener('error', () => {
script.remove();
setTimeout(() => loadLater(attempt + 1), Math.min(60, 2 ** attempt) * 1000);
});
document.head.append(script);
}
return { started, loadLater };
})();
const m29 = (() => {
const { byID, composes, setHidden, setText, touchKeyboard } = m26;
const { listed, words } = m5;
const counterFrom = 0.8;
const lengthOf = (text) => (text.length > 200 ? [...text].length : text.length);
const cleaned = (text) => text.replace(/^(?:[^\S\n]*\n)+/u, '').trimEnd();
function sends(event) {
if (event.key !== 'Enter' || composes(event)) return false;
if (event.ctrlKey || event.metaKey) return true;
return !event.shiftKey && !event.altKey && !touchKeyboard.matches;
}
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
if (!sends(event)) return;
event.preventDefault();
this.#say();
});
this.#field.addEventListener('input', () => {
if (this.#room) chat.drafts.set(this.#room, this.#field.value);
if (this.#field.value.trim() !== '') chat.typed();
this.#measure();
});
byID('skip').addEventListener('click', () => this.focus());
byID('keys').addEventListener('click', () => byID('shortcuts').showModal());
touchKeyboard.addEventListener('change', () => this.#hint());
this.#hint();
}
#hint() {
this.#field.enterKeyHint = touchKeyboard.matches ? 'enter' : 'send';
}
focus() {
this.#field.focus({ preventScroll: true });
}
render() {
const room = this.#chat.rooms.current;
if (room !== this.#room) {
this.#room = room;
this.#field.value = room ? this.#chat.drafts.of(room) : '';
this.#measure();
}
setHidden(this.#form, !room);
if (!room) return;
const hint = words('message.to', { room: room.name });
if (this.#field.placeholder !== hint) this.#field.placeholder = hint;
this.#renderActivity(room);
}
#renderActivity(room) {
const typing = room.typingNow();
const { notice } = this.#chat;
let text = '';
if (room.state === 'refused') text = room.problem;
else if (typing.length === 1) text = words('typing.one', { name: typing[0] });
else if (typing.length > 1) text = words('typing.many', { names: listed(typing) });
else if (notice?.room === room) text = notice.text;
this.#activity.classList.toggle('typing', typing.length > 0);
this.#activity.classList.toggle('refused', room.state === 'refused');
setText(this.#activity.lastElementChild, text);
}
#say() {
const text = cleaned(this.#field.value);
const length = lengthOf(text);
if (length === 0 || length > this.#chat.textLimit || !this.#room) {
this.focus();
return;
}
this.#field.value = '';
this.#chat.drafts.set(this.#room, '');
this.#measure();
this.#chat.say(text);
this.focus();
}
#measure() {
const length = lengthOf(cleaned(this.#field.value));
const limit = this.#chat.textLimit;
const over = length - limit;
const near = length >= limit * counterFrom;
setHidden(this.#counter, !near);
this.#counter.classList.toggle('over', over > 0);
const key = over > 0 ? 'message.over' : 'message.left';
setText(this.#counter, near ? words(key, { count: Math.abs(over) }) : '');
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
const m30 = (() => {
const { byID, composes, setHidden, setText } = m26;
const { words } = m5;
const { lastName } = m1;
const { wordsForState } = m23;
class LoginView {
#chat;
#screen = byID('login');
#form = byID('login-form');
#field = byID('name');
#password = byID('password');
#passwordLabel = byID('password-label');
#button = byID('enter');
#problem = byID('login-problem');
#hint = byID('login-room');
#unsent = byID('login-unsent');
#offer = byID('login-offer');
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
else chat.enter(name, roomInAddress(), this.#password.value);
});
this.#field.addEventListener('keydown', (event) => {
if (event.key === 'Enter' && composes(event)) event.preventDefault();
});
this.#offer.addEventListener('click', () => {
this.#field.value = this.#chat.suggestion;
this.#form.requestSubmit();
});
this.#roomInAddress = roomInAddress;
}
render() {
const { phase, connection, problem, suggestion, outbox, asksPassword } = this.#chat;
const stuck = ['waiting', 'stopped'].includes(connection.state.phase);
const shown = phase === 'login' || (phase === 'entering' && (stuck || this.#submitted));
setHidden(this.#screen, !shown);
if (!shown) {
this.#wasHidden = true;
this.#password.value = '';
return;
}
if (phase === 'login') this.#submitted = false;
const busy = phase === 'entering' && !stuck;
this.#screen.classList.toggle('busy', busy);
this.#button.disabled = busy;
setText(this.#button, words(busy ? 'login.busy' : 'login.join'));
setText(this.#problem, phase === 'entering' ? this.#trouble(connection.state) : problem);
setHidden(this.#password, !asksPassword);
setHidden(this.#passwordLabel, !asksPassword);
if (!asksPassword) this.#password.value = '';
const wrong = phase === 'login' && problem !== '';
this.#field.setAttribute('aria-invalid', String(wrong && !asksPassword));
this.#password.setAttribute('aria-invalid', String(wrong && asksPassword));
const room = this.#roomInAddress();
setHidden(this.#hint, !room);
setText(this.#hint, room ? words('login.room', { room }) : '');
setHidden(this.#offer, suggestion === '');
setText(this.#offer, suggestion ? words('login.as', { name: suggestion }) : '');
const unsent = outbox.unsent().length;
setHidden(this.#unsent, unsent === 0);
const kept = `${words('unsent', { count: unsent })} ${words('login.kept')}`;
setText(this.#unsent, unsent > 0 ? kept : '');
const first = asksPassword && !this.#wasHidden ? this.#password : this.#field;
if (this.#wasHidden || (problem !== '' && this.#wasBusy && !busy)) first.select();
this.#wasHidden = false;
this.#wasBusy = busy;
}
#trouble(state) {
const why = wordsForState(state, navigator.onLine);
if (state.phase === 'stopped') return why;
if (state.phase !== 'waiting') return '';
const reached = state.code !== 1006 || !navigator.onLine;
return words('login.trying', { problem: reached ? why : words('login.unreachable') });
}
}
return { LoginView };
})();
const m31 = (() => {
const { count, locale, words } = m5;
const shapes = {
clock: { hour: 'numeric', minute: '2-digit' },
full: { dateStyle: 'full', timeStyle: 'medium' },
dayThisYear: { weekday: 'long', day: 'numeric', month: 'long' },
dayOfYear: { dateStyle: 'long' },
};
let made = {};
function format(shape, date) {
if (made.locale !== locale()) made = { locale: locale() };
made[shape] ??= new Intl.DateTimeFormat(made.locale, shapes[shape]);
return made[shape].format(date);
}
const valid = (date) => (Number.isNaN(date.getTime()) ? new Date(0) : date);
const instant = (text) => valid(new Date(text));
const clockTime = (date) => format('clock', date);
const fullTime = (date) => format('full', date);
const dayKey = (date) =>
(date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate();
function dayName(date, now = new Date()) {
const key = dayKey(date);
if (key === dayKey(now)) return words('day.today');
const yesterday = new Date(now);
yesterday.setDate(now.getDate() - 1);
if (key === dayKey(yesterday)) return words('day.yesterday');
return format(date.getFullYear() === now.getFullYear() ? 'dayThisYear' : 'dayOfYear', date);
}
const badge = (value) => (value > 99 ? `${count(99)}+` : count(value));
return { instant, clockTime, fullTime, dayKey, dayName, badge };
})();
const m32 = (() => {
const { element } = m26;
const chunkLength = 64;
function chunksOf(items) {
const chunks = [];
let waiting = [];
let last = null;
for (const item of items) {
if (!item.entry) {
waiting.push(item);
continue;
}
const { epoch, offset } = item.entry;
const number = Math.floor(offset / chunkLength);
const isInside = last && (offset === undefined
|| (last.epoch === epoch && last.number === number));
if (!isInside) {
const key = offset === undefined ? 'unsent' : `${epoch ?? ''} ${number}`;
last = { key, epoch, number, items: [] };
chunks.push(last);
}
if (waiting.length > 0) {
last.items.push(...waiting);
waiting = [];
}
last.items.push(item);
}
if (waiting.length === 0) return chunks;
if (last) last.items.push(...waiting);
else chunks.push({ key: 'marks', items: waiting });
return chunks;
}
class Rows {
#list;
#make;
#update;
#chunks = new Map();
#nodes = new Map();
#unsettled = new Set();
constructor(list, make, update) {
this.#list = list;
this.#make = make;
this.#update = update;
}
clear() {
this.#list.replaceChildren();
this.#chunks.clear();
this.#nodes.clear();
this.#unsettled.clear();
}
show(items) {
const before = this.#chunks;
this.#chunks = new Map();
const gone = new Set();
for (const { key, items: inside } of chunksOf(items)) {
const name = this.#chunks.has(key) ? `${key} ${this.#chunks.size}` : key;
const { node, items: old } = before.get(name) ?? { node: makeChunk(), items: [] };
before.delete(name);
const isKnown = (item, index) => item.entry && item === old[index];
const isNew = old.length !== inside.length || !inside.every(isKnown);
if (isNew) for (const item of old) gone.add(item.key);
this.#chunks.set(name, { node, items: inside, isNew });
}
for (const { node, items: old } of before.values()) {
node.remove();
for (const item of old) gone.add(item.key);
}
this.#draw(gone);
this.#settle();
}
#draw(gone) {
const chunks = [...this.#chunks.values()];
const drawn = chunks.filter(({ isNew }) => isNew);
for (const { items } of drawn) for (const item of items) gone.delete(item.key);
for (const key of gone) {
this.#nodes.get(key)?.remove();
this.#nodes.delete(key);
}
let place = this.#list.firstChild;
for (const { node } of chunks) {
if (node === place) place = place.nextSibling;
else this.#list.insertBefore(node, place);
}
for (const { node, items } of drawn) this.#fill(node, items);
}
#fill(node, items) {
let place = node.firstChild;
for (const item of items) {
let row = this.#nodes.get(item.key);
if (!row) {
row = this.#make(item);
this.#nodes.set(item.key, row);
}
this.#update(row, item);
if (row === place) {
place = place.nextSibling;
} else {
node.insertBefore(row, place);
this.#unsettled.add(node);
if (node.dataset.settled === '') delete node.dataset.settled;
}
}
}
#settle() {
const last = this.#list.lastChild;
const chunks = [...this.#unsettled].filter((node) => node !== last);
if (chunks.length === 0) return;
for (const node of chunks) this.#unsettled.delete(node);
requestAnimationFrame(() => requestAnimationFrame(() => {
for (const node of chunks) if (!this.#unsettled.has(node)) node.dataset.settled = '';
}));
}
firstBelow(top) {
const chunk = firstEnding(this.#list.children, top, 0);
if (!chunk) return null;
for (let node = chunk; node; node = node.nextSibling) {
let row = firstEnding(node.children, top, node.offsetTop);
while (row && !row.classList.contains('message')) row = row.nextSibling;
if (row) return row;
}
return null;
}
rowOf(item) {
return this.#nodes.get(item?.key);
}
topOf(row) {
return row.isConnected ? row.parentNode.offsetTop + row.offsetTop : undefined;
}
chunkTopOf(key) {
return this.#nodes.get(key)?.parentNode.offsetTop ?? 0;
}
}
function firstEnding(nodes, top, start) {
let low = 0;
let high = nodes.length;
while (low < high) {
const middle = (low + high) >> 1;
const node = nodes[middle];
if (start + node.offsetTop + node.offsetHeight > top) high = middle;
else low = middle + 1;
}
return nodes[low] ?? null;
}
function makeChunk() {
return element('div', { className: 'chunk', attributes: { role: 'none' } });
}
return { Rows };
})();
const m33 = (() => {
const { isMessage } = m9;
const { dayKey, dayName, instant } = m31;
const { words } = m5;
const { keyOf, mentions } = m6;
const groupLasts = 5 * 60_000;
function itemsOf(room, chat) {
const items = [];
const me = keyOf(chat.me);
const pending = room.atEnd ? chat.outbox.of(room).map(entryOf(chat)) : [];
const last = lastMessage(room.entries);
const sent = pending.length === 0 && last?.author === me ? last : null;
const keys = new Set();
const line = { entry: null, me };
const put = (entry, extra, edge) => {
const before = line.entry;
if (entry.time === undefined) {
entry.date = instant(entry.at);
entry.day = dayKey(entry.date);
entry.time = Number(entry.date);
entry.minute = Math.floor(entry.time / 60_000);
}
const inside = marksBefore(entry, before, room, keys);
const marks = edge.length > 0 ? edge.concat(inside) : inside;
const head = marks.length > 0 || !continues(before, entry);
if (before) items.push(itemOf(line, head));
for (const mark of marks) items.push(mark);
const own = entry.author === me || Boolean(extra);
line.entry = entry;
line.own = own;
line.key = extra?.held ? `held ${entry.id}` : keyFor(room, entry, own, keys);
line.head = head;
line.sameMinute = head || before.minute === entry.minute;
line.lastOwn = entry === sent;
line.past = room.isPast(entry);
line.pending = extra?.pending;
line.online = extra?.online;
line.held = extra?.held;
};
const start = startOf(room);
if (start && room.past.length === 0) items.push(start);
let gap = [];
for (const entry of room.past.entries) {
if (isMessage(entry)) {
put(entry, null, gap);
gap = [];
}
if (entry.end) gap = [gapAfter(entry)];
}
if (start?.kind === 'loading' && room.past.length > 0) gap.push(start);
for (const entry of room.entries) {
if (!isMessage(entry)) continue;
put(entry, null, gap);
gap = [];
}
for (const { entry, ...extra } of pending) {
put(entry, extra, gap);
gap = [];
}
if (line.entry) items.push(itemOf(line, true));
items.push(...gap);
return items;
}
function lastMessage(entries) {
let at = entries.length - 1;
while (at >= 0 && !isMessage(entries[at])) at -= 1;
return entries[at];
}
function itemOf(line, tail) {
const { entry, own, key, head, sameMinute, lastOwn, past, pending, online, held } = line;
const old = entry.item;
const mentioned = !own && (entry.mentioned ??= mentions(entry.text, line.me));
const fits = old && !pending && old.own === own && old.key === key && old.head === head
&& old.tail === tail && old.sameMinute === sameMinute && old.lastOwn === lastOwn
&& old.past === past;
if (fits) return old;
entry.item = {
entry, own, key, head, tail, sameMinute, lastOwn, past, pending, online, held, mentioned,
deleted: Boolean(entry.deleted), text: entry.text, edited: Boolean(entry.edited),
reactions: entry.reactions,
};
return entry.item;
}
const entryOf = (chat) => (pending) => {
const { text, at, id, name } = pending;
const held = chat.outbox.isHeld(pending) ? chat.me : '';
const online = chat.rooms.get(pending.room)?.state === 'joined';
const user = name ?? chat.me;
return { entry: { user, author: keyOf(user), text, at, id }, pending, online, held };
};
function keyFor(room, entry, own, keys) {
if (own && entry.id) {
const byID = `id ${entry.id}`;
if (!keys.has(byID)) {
keys.add(byID);
return byID;
}
}
return (entry.key ??= `${entry.epoch ?? room.epoch} ${entry.offset}`);
}
function startOf(room) {
if (room.epoch === null) return null;
if (room.older === 'loading') {
return { kind: 'loading', key: 'start loading', text: words('mark.older') };
}
if (room.older !== 'none' && room.entries.length > 0) return null;
const none = room.entries.length === 0;
const whole = none ? room.position <= 0 : room.first.offset <= 1;
let text = 'mark.begins';
if (!whole) text = 'mark.notKept';
else if (room.renewed) text = 'mark.renewed';
else if (none) text = 'mark.first';
const kind = whole ? 'start' : 'edge';
return { kind, key: `start ${whole}`, text: words(text, { room: room.name }) };
}
function gapAfter(entry) {
const { epoch, offset, end } = entry;
return { kind: 'missed', key: `gap ${epoch} ${offset}`, text: words(`mark.${end}`) };
}
const noMarks = [];
function marksBefore(entry, before, room, keys) {
const isNewDay = !before || before.day !== entry.day;
const isFresh = entry.offset === room.newFrom && !room.isPast(entry);
if (!isNewDay && !isFresh) return noMarks;
const marks = [];
if (isNewDay) {
const day = `day ${entry.day}`;
const key = keys.has(day) ? `${day} ${entry.offset}` : day;
keys.add(day);
marks.push({ kind: 'day', key, text: dayName(entry.date) });
}
if (isFresh) marks.push({ kind: 'fresh', key: 'fresh', text: words('mark.new') });
return marks;
}
function continues(before, entry) {
if (!before || before.author !== entry.author) return false;
return Math.abs(entry.time - before.time) < groupLasts;
}
return { itemsOf };
})();
const m34 = (() => {
const { keyOf } = m6;
const tintCount = 18;
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
hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
return ((hash ^ (hash >>> 16)) >>> 0) % tintCount;
}
return { tintCount, initials, tintOf };
})();
const m35 = (() => {
const deepest = 6;
const link = /\bhttps?:\/\/[^\s<>"'`\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/giu;
const endsSentence = new Set('.,;:!?*_');
const marks = /`+|\*+|_+/gu;
const word = /[\p{L}\p{M}\p{N}_\\]/u;
const plainWord = /\w/u;
function addressIn(found) {
let end = found.length;
while (endsSentence.has(found[end - 1])) end -= 1;
if (found[end - 1] === ')' && !found.slice(0, end).includes('(')) end -= 1;
const address = found.slice(0, end);
return URL.canParse?.(address) ? address : '';
}
function linksIn(text) {
const links = [];
if (!text.includes('://')) return links;
for (const { 0: found, index } of text.matchAll(link)) {
const address = addressIn(found);
if (address) links.push({ kind: 'link', address, start: index, end: index + address.length });
}
return links;
}
function codeIn(text, runs) {
const next = new Map();
const closing = new Map();
for (const run of [...runs].reverse()) {
closing.set(run, next.get(run[0].length));
next.set(run[0].length, run);
}
const found = [];
let end = 0;
for (const run of runs) {
const other = closing.get(run);
if (run.index < end || !other) continue;
end = other.index + other[0].length;
let inside = text.slice(run.index + run[0].length, other.index);
if (/^ .*\S.* $/su.test(inside)) inside = inside.slice(1, -1);
found.push({ kind: 'code', text: inside, start: run.index, end });
}
return found;
}
function merged(one, other) {
const all = [...one, ...other].sort((a, b) => a.start - b.start);
let end = 0;
return all.filter((place) => {
if (place.start < end) return false;
end = place.end;
return true;
});
}
function tokensOf(text, index, length) {
const before = text[index - 1] ?? ' ';
const after = text[index + length] ?? ' ';
const isPart = length === 2 ? plainWord : word;
const opens = /\S/u.test(after) && !isPart.test(before);
const closes = /\S/u.test(before) && !isPart.test(after);
const make = (size, at) => ({
mark: text.slice(at, at + size), start: at, end: at + size, opens, closes,
});
if (length < 3) return [make(length, index)];
return opens ? [make(2, index), make(1, index + 2)] : [make(1, index), make(2, index + 1)];
}
function pair(tokens) {
const open = [];
const counts = {};
for (const token of tokens) {
const { mark } = token;
if (token.closes && counts[mark] > 0) {
let other;
do {
other = open.pop();
counts[other.mark] -= 1;
} while (other.mark !== mark);
if (other.end < token.start) {
other.partner = token;
token.partner = other;
}
} else if (token.opens) {
open.push(token);
counts[mark] = (counts[mark] ?? 0) + 1;
}
}
}
function treeOf(text, places) {
const root = [];
const open = [root];
let end = 0;
const put = (node) => {
if (node !== '') open[open.length - 1].push(node);
};
for (const place of places) {
const { mark, partner, start } = place;
if (mark && (!partner || partner.isFlat)) continue;
const isStart = mark && partner.start > start;
if (isStart && open.length > deepest) {
place.isFlat = true;
continue;
}
put(text.slice(end, start));
end = place.end;
if (!mark) {
put(place);
} else if (isStart) {
const node = { kind: mark.length === 2 ? 'strong' : 'em', inside: [] };
put(node);
open.push(node.inside);
} else {
open.pop();
}
}
put(text.slice(end));
return root;
}
function spansOf(text) {
const runs = [...text.matchAll(marks)];
const fixed = merged(linksIn(text), codeIn(text, runs.filter(([run]) => run[0] === '`')));
const tokens = [];
let next = 0;
for (const { 0: run, index } of runs) {
while (fixed[next] && fixed[next].end <= index) next += 1;
const isInside = fixed[next] && fixed[next].start <= index;
const most = run[0] === '*' ? 3 : 1;
if (run[0] === '`' || isInside || run.length > most) continue;
tokens.push(...tokensOf(text, index, run.length));
}
pair(tokens);
return treeOf(text, [...fixed, ...tokens].sort((a, b) => a.start - b.start));
}
return { spansOf };
})();
const m36 = (() => {
const { spansOf } = m35;
const deepestQuote = 3;
const deepestList = 4;
const fence = /^ {0,3}```([\w+#.-]{0,20})[^\S\n]*$/u;
const fenceEnd = /^ {0,3}```[^\S\n]*$/u;
const quote = /^>(?: |$)/u;
const item = /^( {0,8})([-*+]|\d{1,9}\.) +(?=\S)/u;
const more = /^ {2,}\S/u;
class Reader {
constructor(lines) {
this.lines = lines;
this.at = 0;
this.lastFence = lines.findLastIndex((line) => fenceEnd.test(line));
}
get line() {
return this.lines[this.at];
}
get isDone() {
return this.at >= this.lines.length;
}
takeWhile(fits) {
const start = this.at;
while (!this.isDone && fits(this.line)) this.at += 1;
return this.lines.slice(start, this.at);
}
}
function codeBlock(reader) {
const [, language] = fence.exec(reader.line);
reader.at += 1;
const text = reader.takeWhile((line) => !fenceEnd.test(line)).join('\n');
reader.at += 1;
return { kind: 'code', text, language };
}
function quoteBlock(reader, depth) {
const lines = reader.takeWhile((line) => quote.test(line));
return { kind: 'quote', blocks: blocksOf(lines.map((line) => line.slice(2)), depth + 1) };
}
function listBlock(reader, depth = 1) {
const [, indent, mark] = item.exec(reader.line);
const list = { kind: 'list', ordered: mark.length > 1, items: [] };
while (!reader.isDone) {
const found = item.exec(reader.line);
const last = list.items[list.items.length - 1];
if (!found) {
if (!last || !more.test(reader.line)) break;
last.lines.push(reader.line.trimStart());
reader.at += 1;
continue;
}
const further = found[1].length - indent.length;
if (further < 0) break;
if (further > 1 && last && depth < deepestList) {
last.lists.push(listBlock(reader, depth + 1));
continue;
}
if ((found[2].length > 1) !== list.ordered) break;
const value = list.ordered ? Number.parseInt(found[2], 10) : undefined;
list.items.push({ value, lines: [reader.line.slice(found[0].length)], lists: [] });
reader.at += 1;
}
list.items = list.items.map(({ value, lines, lists }) =>
({ value, inside: spansOf(lines.join('\n')), lists }));
return list;
}
function withoutEmpty(lines) {
const first = lines.findIndex((line) => line.trim() !== '');
return first < 0 ? [] : lines.slice(first);
}
function blocksOf(lines, depth) {
const reader = new Reader(lines);
const blocks = [];
let plain = [];
const put = (block) => {
if (blocks.length > 0) plain = withoutEmpty(plain);
while (block && plain.length > 0 && plain[plain.length - 1].trim() === '') plain.pop();
if (plain.length > 0) blocks.push({ kind: 'text', inside: spansOf(plain.join('\n')) });
plain = [];
if (block) blocks.push(block);
};
while (!reader.isDone) {
const { line } = reader;
if (reader.at < reader.lastFence && fence.test(line)) put(codeBlock(reader));
else if (depth < deepestQuote && quote.test(line)) put(quoteBlock(reader, depth));
else if (item.test(line)) put(listBlock(reader));
else {
plain.push(line);
reader.at += 1;
}
}
put(null);
return blocks;
}
const parse = (text) => blocksOf(text.split('\n'), 0);
return { parse };
})();
const m37 = (() => {
const { element } = m26;
const { parse } = m36;
const longLine = /^.{40}/mu;
function span(node) {
if (typeof node === 'string') return node;
if (node.kind === 'code') return element('code', {}, node.text);
if (node.kind === 'link') {
const attributes = { rel: 'noopener noreferrer nofollow', target: '_blank' };
return element('a', { href: node.address, dir: 'ltr', attributes }, node.address);
}
return element(node.kind, {}, ...node.inside.map(span));
}
function listItem({ value, inside, lists }) {
const made = element('li', { dir: 'auto' }, ...inside.map(span), ...lists.map(block));
if (value !== undefined) made.value = value;
return made;
}
function block(node) {
switch (node.kind) {
case 'code': {
const pre = element('pre', { dir: 'ltr' }, element('code', {}, node.text));
if (node.language) pre.dataset.language = node.language;
if (longLine.test(node.text)) pre.tabIndex = 0;
return pre;
}
case 'quote':
return element('blockquote', {}, ...node.blocks.map(block));
case 'list':
return element(node.ordered ? 'ol' : 'ul', {}, ...node.items.map(listItem));
default:
return element('p', { dir: 'auto' }, ...node.inside.map(span));
}
}
const textNodes = (text) => parse(text).map(block);
return { textNodes };
})();
const m38 = roostModules.m38 = (() => {
const { element, icon, setText } = m26;
const { initials, tintOf } = m34;
const { clockTime, fullTime, instant } = m31;
const { words } = m5;
const { textNodes } = m37;
const mostLines = 24;
const mostCharacters = 1_600;
const emoji = '\\p{Emoji_Presentation}|\\p{Extended_Pictographic}\\uFE0F|\\p{RI}{2}';
const loneEmoji = new RegExp(`^(?:${emoji}|[\\u{1F3FB}-\\u{1F3FF}]|\\u200D|\\s){1,16}$`, 'u');
function avatar(name) {
const dataset = { tint: tintOf(name) };
const attributes = { 'aria-hidden': 'true' };
return element('span', { className: 'avatar', dataset, attributes }, initials(name));
}
function timeOf(date, properties) {
const exact = { dateTime: date.toISOString(), title: fullTime(date) };
return element('time', { ...exact, ...properties }, clockTime(date));
}
function makeMessage(item) {
const { entry, own, held } = item;
const date = instant(entry.at);
const called = own && !held ? words('message.you') : entry.user;
const who = element('bdi', { className: 'name', title: entry.user }, called);
who.dataset.tint = tintOf(entry.user);
const by = element('div', { className: 'by' }, who, ' ', timeOf(date));
const bubble = element('div', { className: 'bubble' });
const again = timeOf(date, { className: 'again' });
again.setAttribute('aria-hidden', 'true');
const status = element('span', { className: 'status' });
const line = element('div', { className: 'line' }, bubble, again, status);
const body = element('div', { className: 'body' }, by, line);
const row = element('li', { role: 'listitem' }, body);
if (!own) row.prepend(avatar(entry.user));
else row.setAttribute('aria-live', 'off');
return row;
}
function showText(row, entry) {
const bubble = row.querySelector('.bubble');
if (entry.deleted) {
bubble.replaceChildren(words('message.deleted'));
} else {
bubble.replaceChildren(...textNodes(entry.text));
}
row.querySelector('.unfold')?.remove();
const long = !entry.deleted && isLong(entry.text);
bubble.classList.toggle('folded', long);
if (long) row.querySelector('.body').append(unfoldButton(bubble));
}
function isLong(text) {
return text.length > mostCharacters || text.split('\n', mostLines + 1).length > mostLines;
}
function unfoldButton(bubble) {
const button = element('button', { type: 'button', className: 'link unfold' });
setText(button, words('message.more'));
button.setAttribute('aria-expanded', 'false');
button.addEventListener('click', () => {
const folded = bubble.classList.toggle('folded');
button.setAttribute('aria-expanded', String(!folded));
setText(button, words(folded ? 'message.more' : 'message.less'));
});
return button;
}
function classesOf({ own, head, tail, entry, pending, sameMinute, mentioned, held, past }) {
const classes = ['message'];
if (own) classes.push('own');
if (head) classes.push('head');
if (tail) classes.push('tail');
if (!sameMinute) classes.push('timed');
if (held) classes.push('held');
else if (pending) classes.push(pending.state);
if (past) classes.push('past');
if (entry.deleted) classes.push('gone');
else if (loneEmoji.test(entry.text)) classes.push('emoji');
if (mentioned) classes.push('mention');
return classes.join(' ');
}
function updateMessage(row, item, actions) {
const before = row.item;
if (before === item) return;
row.item = item;
if (before?.deleted !== item.deleted || before?.text !== item.text) showText(row, item.entry);
const classes = classesOf(item);
if (row.className !== classes) row.className = classes;
if (before?.entry.at !== item.entry.at) showTime(row, item.entry);
const status = statusOf(item);
if (row.status === status) return;
row.status = status;
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
function statusOf({ pending, lastOwn, past, online, held }) {
if (!pending) return lastOwn && !past ? 'sent' : '';
if (held) return `held:${held}`;
if (pending.state === 'failed') return `failed:${pending.problem}`;
return online ? 'sending' : 'queued';
}
function showStatus(node, { pending, held }, status, actions) {
if (status === '') {
node.replaceChildren();
} else if (status === 'sent') {
const sent = words('message.sent');
const mark = element('span', { title: sent }, icon('check'));
node.replaceChildren(mark, element('span', { className: 'unseen' }, sent));
} else if (status === 'sending') {
node.replaceChildren(words('message.sending'));
} else if (status === 'queued') {
node.replaceChildren(words('message.waiting'));
} else {
const problem = held ? words('message.nameLost') : pending.problem;
const again = held ? words('message.sendAs', { name: held }) : words('message.again');
node.replaceChildren(
`${problem} `, button(again, () => actions.retry(pending)), ' ',
button(words('message.discard'), () => actions.discard(pending)));
}
}
function button(name, pressed) {
const made = element('button', { type: 'button', className: 'link' }, name);
made.addEventListener('click', pressed);
return made;
}
return { avatar, makeMessage, updateMessage };
})();
const m39 = (() => {
const { byID, element, icon, setHidden, setText } = m26;
const { badge } = m31;
const { words } = m5;
const { Rows } = m32;
const { itemsOf } = m33;
const { makeMessage, updateMessage } = m38;
const nearTop = 400;
const nearBottom = 40;
class MessagesView {
#chat;
#log = byID('log');
#list = byID('messages');
#rows;
#pill = byID('newest');
#room = null;
#firstKey = null;
#anchor = null;
#found = null;
#presentKey = '';
constructor(chat) {
this.#chat = chat;
const actions = {
retry: (pending) => chat.outbox.retry(pending),
discard: (pending) => chat.outbox.discard(pending),
};
this.#rows = new Rows(this.#list, make, (row, item) => {
if (item.entry) updateMessage(row, item, actions);
else setText(row.lastElementChild, item.text);
});
this.#log.addEventListener('scroll', () => this.#scrolled(), { passive: true });
this.#pill.addEventListener('click', () => {
chat.history.newest(this.#room);
this.#toBottom();
});
const sizes = new ResizeObserver(() => this.#keepPlace());
sizes.observe(this.#log);
sizes.observe(this.#list);
setInterval(() => this.render(), 60_000);
}
render() {
const room = this.#chat.rooms.current;
if (room !== this.#room) this.#turnTo(room);
if (!room) return;
if (!room.following) this.#anchor ??= this.#firstInView();
const items = itemsOf(room, this.#chat);
this.#beQuietUnlessAppending(items);
this.#presentKey = items.find((item) => item.entry && !item.past)?.key ?? '';
this.#rows.show(items);
this.#list.classList.toggle('empty', this.#firstKey === null);
this.#keepPlace();
if (room.following) this.#chat.rooms.look();
this.#renderPill(room);
this.#fetch(room);
}
forget() {
this.#turnTo(null);
}
#turnTo(room) {
this.#room = room;
this.#firstKey = null;
this.#anchor = null;
const label = room ? words('messages.in', { room: room.name }) : words('messages');
this.#log.setAttribute('aria-label', label);
this.#rows.clear();
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
this.#anchor = atBottom ? null : this.#firstInView();
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
const present = room.past.length > 0 ? this.#rows.chunkTopOf(this.#presentKey) : 0;
if (scrollTop < present + nearTop) this.#chat.history.older(room);
if (scrollHeight - scrollTop - clientHeight < nearTop) this.#chat.history.newer(room);
}
#keepPlace() {
if (!this.#room) return;
if (this.#room.following) {
this.#toBottom();
return;
}
const top = this.#anchor ? this.#rows.topOf(this.#anchor.row) : undefined;
if (top === undefined) {
this.#anchor = this.#firstInView();
} else if (top !== this.#anchor.top) {
this.#log.scrollTop += top - this.#anchor.top;
this.#anchor.top = top;
}
}
show(entry) {
const row = this.#rows.rowOf(entry.item);
if (!row) return;
this.#room.following = false;
this.#found?.removeAttribute('data-found');
this.#found = row;
row.dataset.found = '';
row.tabIndex = -1;
row.focus({ preventScroll: true });
this.#log.scrollTop = this.#rows.topOf(row) - this.#log.clientHeight / 3;
this.#anchor = { row, top: this.#rows.topOf(row) };
}
#toBottom() {
this.#log.scrollTop = this.#log.scrollHeight;
}
#firstInView() {
const row = this.#rows.firstBelow(this.#log.scrollTop);
return row ? { row, top: this.#rows.topOf(row) } : null;
}
#renderPill(room) {
const behind = !room.following || !room.atEnd;
setHidden(this.#pill, !behind || room.entries.length === 0);
this.#pill.classList.toggle('fresh', room.unread > 0);
const fresh = words('messages.new', { count: room.unread, shown: badge(room.unread) });
setText(this.#pill.lastElementChild, room.unread > 0 ? fresh : words('messages.newest'));
}
}
function make(item) {
if (item.entry) return makeMessage(item);
const row = element('li', { className: `mark ${item.kind}`, role: 'listitem' });
if (item.kind === 'start') row.append(icon('bird'));
row.append(element('span', {}, item.text));
return row;
}
return { MessagesView };
})();
const m40 = (() => {
const { byID, setText } = m26;
function ask(words, { agree, refuse }) {
const dialog = byID('question');
setText(byID('question-words'), words);
setText(byID('question-agree'), agree);
setText(byID('question-refuse'), refuse);
dialog.returnValue = '';
dialog.showModal();
return new Promise((resolve) => {
dialog.addEventListener(
'close', () => resolve(dialog.returnValue === 'agree'), { once: true });
});
}
return { ask };
})();
const m41 = (() => {
const { byID, composes } = m26;
const drawers = [];
class Drawer {
#panel;
#opener;
#narrow;
constructor(panel, opener, query) {
this.#panel = panel;
this.#opener = opener;
this.#narrow = matchMedia(query);
this.#narrow.addEventListener('change', () => this.close());
opener.addEventListener('click', () => this.#open());
panel.querySelector('.close').addEventListener('click', () => this.close());
document.addEventListener('keydown', (event) => {
if (event.key === 'Escape' && this.isOpen && !composes(event)) this.close();
});
document.addEventListener('pointerdown', (event) => {
if (this.isOpen && !panel.contains(event.target)) this.close();
});
drawers.push(this);
this.close();
}
get isOpen() {
return this.#panel.classList.contains('open');
}
#open() {
this.#panel.classList.add('open');
this.#panel.inert = false;
this.#hold(true);
this.#opener.setAttribute('aria-expanded', 'true');
this.#panel.querySelector('.close').focus();
}
close() {
const { activeElement } = document;
const hadFocus = this.#panel.contains(activeElement) || activeElement === document.body;
const wasOpen = this.isOpen;
if (wasOpen) this.#hold(false);
this.#panel.classList.remove('open');
this.#panel.inert = this.#narrow.matches;
this.#opener.setAttribute('aria-expanded', 'false');
if (wasOpen && hadFocus && this.#narrow.matches) this.#opener.focus();
}
#hold(held) {
for (const other of byID('chat').children) if (other !== this.#panel) other.inert = held;
for (const drawer of drawers) if (!held && drawer !== this) drawer.close();
}
}
return { Drawer };
})();
const m42 = (() => {
const { ask } = m40;
const { byID, composes, element, icon, reconcile, setHidden, setText } = m26;
const { Drawer } = m41;
const { badge } = m31;
const { words } = m5;
const { compareNames, sameName } = m6;
const { listLimit } = m7;
const { avatar } = m38;
class PanelsView {
#chat;
#rooms = byID('rooms');
#members = byID('members');
#joinForm = byID('join');
#joinField = byID('join-name');
#joinProblem = byID('join-problem');
note = '';
#asked = '';
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
this.#asked = chat.rooms.problem;
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
this.#joinField.addEventListener('keydown', (event) => {
if (event.key === 'Enter' && composes(event)) event.preventDefault();
});
byID('note-close').addEventListener('click', () => {
chat.rooms.problem = this.note = '';
this.render();
});
byID('leave').addEventListener('click', () => this.#leave());
byID('sign-out').addEventListener('click', () => this.signOut());
addEventListener('keydown', (event) => {
if (composes(event) || document.querySelector('dialog[open]')) return;
if (event.altKey && event.key === 'ArrowDown') this.#step(event, 1);
if (event.altKey && event.key === 'ArrowUp') this.#step(event, -1);
});
}
#chosen(entered) {
this.#drawers[0].close();
entered();
}
async #leave() {
const room = this.#chat.rooms.current;
const count = room ? this.#chat.outbox.unsent(room).length : 0;
const loss = words('loss.leave', { count, room: room?.name });
if (!room) return;
if (count > 0 && !(await this.#mayDiscard(loss, words('loss.andLeave')))) return;
this.#chat.leave(room);
}
async signOut(everywhere = false) {
const count = this.#chat.outbox.unsent().length;
const loss = words('loss.signOut', { count });
if (count > 0 && !(await this.#mayDiscard(loss, words('loss.andSignOut')))) return;
this.#chat.signOut(everywhere);
}
#mayDiscard(loss, agree) {
return ask(loss, { agree, refuse: words('loss.stay') });
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
this.#renderProblem(problem);
if (me !== this.#me) {
this.#me = me;
setLabel(byID('me'), me);
byID('my-avatar').replaceChildren(avatar(me));
}
const { account } = this.#chat;
setText(byID('open-account'), words(account ? 'account.own' : 'account.keep'));
byID('sign-out').disabled = this.#chat.signingOut;
this.#renderHeader(current);
this.#renderElsewhere(current);
this.#renderMembers(current);
}
#renderProblem(problem) {
const isVisible = this.#joinField.checkVisibility?.({ visibilityProperty: true }) ?? true;
const isBeside = problem !== '' && problem === this.#asked && isVisible;
setText(this.#joinProblem, isBeside ? problem : '');
this.#joinField.setAttribute('aria-invalid', String(isBeside));
const above = (isBeside ? '' : problem) || this.note;
setHidden(byID('note'), above === '');
setText(byID('note-words'), above);
}
#renderElsewhere(current) {
const others = this.#chat.rooms.list.filter((room) => room !== current && room.unread > 0);
const unread = others.reduce((sum, room) => sum + room.unread, 0);
const mark = byID('elsewhere');
setText(mark, unread > 0 ? badge(unread) : '');
setHidden(mark, unread === 0);
mark.classList.toggle('mentioned', others.some((room) => room.mentioned));
const label = unread > 0 ? words('rooms.unread', { count: unread }) : words('rooms');
const opener = byID('open-rooms');
if (opener.ariaLabel !== label) opener.setAttribute('aria-label', label);
}
#renderHeader(room) {
setLabel(byID('room-name'), room?.name ?? words('rooms.none'));
setHidden(byID('leave'), !room);
setHidden(byID('open-members'), !room);
setHidden(byID('no-room'), Boolean(room));
const count = room?.count ?? 0;
setText(byID('member-count'), words(count > 0 ? 'people.count' : 'people', { count }));
}
#renderMembers(room) {
this.#chat.people.look(room);
const names = room?.members ? [...room.members.values()].sort(compareNames) : [];
const { me } = this.#chat;
const typing = new Set(room?.typingNow());
reconcile(this.#members, names, (name) => name, makeMember, (row, name) => {
row.classList.toggle('typing', typing.has(name));
setText(row.querySelector('.you'), sameName(name, me) ? ` ${words('people.you')}` : '');
});
const crowd = room?.state === 'joined' && !room.members && room.count > listLimit;
setText(byID('crowd'), crowd ? words('people.crowd', { count: room.count }) : '');
}
}
function setLabel(node, name) {
setText(node, name);
if (node.title !== name) node.title = name;
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
setLabel(name, room.name);
setText(mark, badge(room.unread));
setHidden(mark, room.unread === 0);
const label = words('room.unread', { count: room.unread });
if (mark.getAttribute('aria-label') !== label) mark.setAttribute('aria-label', label);
mark.setAttribute('role', 'img');
button.classList.toggle('unread', room.unread > 0);
mark.classList.toggle('mentioned', room.mentioned);
button.classList.toggle('away', room.state !== 'joined');
if (current) button.setAttribute('aria-current', 'true');
else button.removeAttribute('aria-current');
}
function makeMember(name) {
const label = element('bdi', { className: 'label', title: name }, name);
const you = element('span', { className: 'you' });
return element('li', {}, avatar(name), label, you);
}
return { PanelsView };
})();
const m43 = (() => {
const { byID, setHidden, setText } = m26;
const { badge } = m31;
const { words } = m5;
const { wordsForState } = m23;
class StatusView {
#chat;
#bar = byID('bar');
#words = byID('bar-words');
#countdown = byID('countdown');
#retry = byID('retry');
#state = byID('state');
#spoken = byID('spoken');
#sent = byID('sent');
#sentCount = 0;
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
const sentence = wordsForState(state, navigator.onLine);
const up = state.phase === 'open';
const down = phase === 'in' && (!up || Boolean(state.doubt));
setText(this.#state.lastElementChild, shortWords(state));
this.#state.dataset.phase = state.doubt ? 'doubt' : state.phase;
setHidden(this.#bar, !down);
setText(this.#words, sentence);
this.#bar.classList.toggle('stopped', state.phase === 'stopped');
setHidden(this.#retry, !(state.phase === 'waiting' || state.again));
setText(this.#retry, words(state.phase === 'stopped' ? 'bar.connect' : 'bar.retry'));
this.#countDown(state);
this.#speak(phase === 'in', up, state, sentence);
this.#speakOfSent();
const place = current && phase === 'in' ? `${current.name} · Roost` : 'Roost';
const title = phase === 'in' && unread > 0 ? `(${badge(unread)}) ${place}` : place;
if (document.title !== title) document.title = title;
}
#countDown(state) {
const seconds = Math.ceil((state.retryAt - Date.now()) / 1000);
const waiting = state.phase === 'waiting';
const soon = words('bar.countdown', { count: Math.max(1, seconds || 1) });
setText(this.#countdown, waiting && seconds > 0 ? soon : '');
clearTimeout(this.#ticker);
if (waiting) this.#ticker = setTimeout(() => this.#countDown(state), 250);
}
#speakOfSent() {
const { news } = this.#chat;
if (news.number === this.#sentCount) return;
this.#sentCount = news.number;
setText(this.#sent, news.number % 2 ? news.words : `${news.words}\u00a0`);
}
#speak(inside, up, state, sentence) {
if (!inside) {
this.#wasDown = false;
} else if (up && this.#wasDown) {
this.#wasDown = false;
setText(this.#spoken, words('spoken.back'));
} else if (!up && !this.#wasDown) {
this.#wasDown = true;
const lost = words('spoken.lost', { problem: sentence });
setText(this.#spoken, state.phase === 'stopped' ? sentence : lost);
} else if (state.phase === 'stopped') {
setText(this.#spoken, sentence);
}
}
}
function shortWords(state) {
switch (state.phase) {
case 'open':
return words(state.doubt ? 'state.doubt' : 'state.open');
case 'connecting':
return words('state.connecting');
case 'waiting':
return words(navigator.onLine ? 'state.waiting' : 'state.offline');
default:
return words('state.stopped');
}
}
return { StatusView };
})();
const m44 = (() => {
const { byID, setHidden } = m26;
const { onLanguage } = m5;
const { hashOf, placeIn } = m27;
const { keyOf } = m6;
const { loadLater, started } = m28;
const { ComposerView } = m29;
const { LoginView } = m30;
const { MessagesView } = m39;
const { PanelsView } = m42;
const { StatusView } = m43;
const roomInAddress = () => placeIn(location.hash).room;
class View {
#chat;
#parts;
#composer;
#messages;
#panels;
#place = placeIn(location.hash);
#scheduled = false;
#phase = null;
#finePointer = matchMedia('(pointer: fine)');
constructor(chat) {
this.#chat = chat;
this.#composer = new ComposerView(chat);
this.#panels = new PanelsView(chat, () => this.#focusComposer());
const login = new LoginView(chat, roomInAddress);
this.#messages = new MessagesView(chat);
this.#parts = [
this.#panels, this.#composer, this.#messages, new StatusView(chat), login,
];
Object.assign(started, { chat, view: this });
onLanguage(() => {
this.#messages.forget();
this.schedule();
});
addEventListener('popstate', (event) => this.#follow(event.state));
}
add(part) {
this.#parts.push(part);
this.schedule();
}
say(sentence) {
this.#panels.note = sentence;
this.schedule();
}
takePlace() {
const place = this.#place;
this.#place = null;
return place?.offset === null ? null : place;
}
showMessage(entry) {
this.#messages.show(entry);
}
signOut(everywhere) {
this.#panels.signOut(everywhere);
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
if (phase === 'in' && rooms.current) this.#keepAddress(rooms.current);
if (phase === 'in' && this.#phase !== 'in') this.#focusComposer();
if (phase === 'in') loadLater();
this.#phase = phase;
}
#follow(state) {
this.#place = placeIn(location.hash);
if (this.#chat.phase !== 'in') return;
const name = roomInAddress();
const { rooms } = this.#chat;
const room = rooms.named(name);
if (room) rooms.select(room);
else if (name && !state?.visited) this.#chat.join(name);
else this.schedule();
}
#keepAddress(room) {
const before = roomInAddress();
const state = { visited: true };
const hash = hashOf(room);
const isThere = keyOf(before) === room.key;
if (isThere && history.state?.visited && before === room.name) return;
if (isThere || !this.#chat.rooms.named(before)) history.replaceState(state, '', hash);
else history.pushState(state, '', hash);
}
#focusComposer() {
if (this.#finePointer.matches) this.#composer.focus();
}
}
return { roomInAddress, View };
})();
(() => {
const { Chat } = m25;
const { chatAddress } = m16;
const { speak, speakAtOnce } = m5;
const { tabName } = m1;
const { roomInAddress, View } = m44;
const loading = document.getElementById('loading');
const hasStyle = () =>
getComputedStyle(document.documentElement).getPropertyValue('--page') !== '';
let isStarting = false;
async function start() {
if (isStarting || !loading?.isConnected || !hasStyle()) return;
isStarting = true;
document.removeEventListener('load', start, true);
if (!speakAtOnce()) await speak();
loading.remove();
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
