(function () {
'use strict';
const m46 = (() => {
const { byID } = roostModules.m26;
function makeInstallable() {
byID('manifest').rel = 'manifest';
navigator.serviceWorker?.register('service-worker.js').catch(() => {});
}
return { makeInstallable };
})();
const m47 = (() => {
const { words } = roostModules.m5;
const { keyOf, mentions } = roostModules.m6;
const { noticeSettings } = roostModules.m1;
const longestText = 200;
let audio = null;
function sound() {
audio ??= new AudioContext();
audio.resume().catch(() => {});
for (const [at, pitch] of [[0, 660], [0.12, 880]]) {
const start = audio.currentTime + at;
const tone = new OscillatorNode(audio, { frequency: pitch });
const volume = new GainNode(audio, { gain: 0 });
volume.gain.setValueAtTime(0, start);
volume.gain.linearRampToValueAtTime(0.15, start + 0.02);
volume.gain.exponentialRampToValueAtTime(0.001, start + 0.25);
tone.connect(volume).connect(audio.destination);
tone.start(start);
tone.stop(start + 0.3);
}
}
const canNotify = () => 'Notification' in window;
class Notices {
#chat;
#seen = new WeakMap();
constructor(chat) {
this.#chat = chat;
}
render() {
if (this.#chat.phase !== 'in') return;
for (const room of this.#chat.rooms.list) this.#look(room);
}
#look(room) {
const { epoch, position, entries } = room;
if (epoch === null) return;
const seen = this.#seen.get(room);
if (seen?.epoch === epoch && seen.offset === position) return;
this.#seen.set(room, { epoch, offset: position });
if (seen?.epoch !== epoch || !document.hidden) return;
const me = keyOf(this.#chat.me);
const fresh = entries.filter((entry) => entry.offset > seen.offset && entry.author !== me
&& !entry.deleted && mentions(entry.text, this.#chat.me));
if (fresh.length > 0) this.#tell(room, fresh[fresh.length - 1]);
}
#tell(room, entry) {
const wanted = noticeSettings();
if (wanted.sound) sound();
if (!wanted.notify || !canNotify() || Notification.permission !== 'granted') return;
const title = words('notice.mention', { name: entry.user, room: room.name });
const options = {
body: entry.text.slice(0, longestText), tag: `${room.key} ${entry.offset}`,
icon: document.querySelector('link[rel=icon]').href,
};
try {
const notice = new Notification(title, options);
notice.onclick = () => {
focus();
this.#chat.rooms.select(room);
notice.close();
};
} catch {
navigator.serviceWorker?.ready.then((it) => it.showNotification(title, options));
}
}
}
return { sound, canNotify, Notices };
})();
const m48 = (() => {
const { byID, setHidden, setText } = roostModules.m26;
const { words } = roostModules.m5;
const shortest = 8;
class AccountView {
#chat;
#dialog = byID('account');
#form = byID('account-form');
#field = byID('new-password');
#problem = byID('account-problem');
#save = byID('account-save');
#everywhere = byID('sign-out-everywhere');
#opener = byID('open-account');
constructor(chat, signOut) {
this.#chat = chat;
this.#opener.addEventListener('click', () => this.#open());
byID('account-cancel').addEventListener('click', () => this.#dialog.close());
byID('show-password').addEventListener('change', ({ target }) => {
this.#field.type = target.checked ? 'text' : 'password';
});
this.#form.addEventListener('submit', (event) => {
event.preventDefault();
this.#keepName();
});
this.#everywhere.addEventListener('click', () => {
this.#dialog.close();
signOut();
});
this.#dialog.addEventListener('close', () => this.#clear());
}
#open() {
byID('account-name').value = this.#chat.me;
this.#clear();
this.#dialog.showModal();
this.#field.focus();
}
#clear() {
this.#field.value = '';
this.#field.type = 'password';
byID('show-password').checked = false;
this.#complain('');
}
#complain(sentence) {
setText(this.#problem, sentence);
this.#field.setAttribute('aria-invalid', String(sentence !== ''));
}
async #keepName() {
const password = this.#field.value;
if (new TextEncoder().encode(password).length < shortest) {
this.#complain(words('account.short'));
this.#field.focus();
return;
}
this.#complain('');
this.#save.disabled = true;
const problem = await this.#chat.keepName(password);
this.#save.disabled = false;
if (!this.#dialog.open) return;
this.#complain(problem);
if (problem === '') this.#dialog.close();
else this.#field.focus();
}
render() {
const { account, phase } = this.#chat;
if (phase !== 'in' && this.#dialog.open) this.#dialog.close();
setText(byID('account-title'), words(account ? 'account.yours' : 'account.make'));
setText(byID('account-words'), words(account ? 'account.change' : 'account.why'));
setText(this.#save, words(account ? 'account.set' : 'account.keep'));
setHidden(this.#everywhere, !account);
}
}
return { AccountView };
})();
const m49 = (() => {
const { compareNames, keyOf, sameName } = roostModules.m6;
const most = 8;
const begun = /(?:^|[^\p{L}\p{M}\p{N}_])(@[\p{L}\p{M}\p{N}_.-]{0,64})$/u;
const anyWord = /(?:^|[^\p{L}\p{M}\p{N}_@.-])([\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_.-]{0,63})$/u;
function nameBefore(text, caret, any = false) {
const before = text.slice(Math.max(0, caret - 80), caret);
const found = begun.exec(before) ?? (any ? anyWord.exec(before) : null);
if (!found) return null;
return { start: caret - found[1].length, prefix: found[1].replace('@', '') };
}
function candidates(prefix, room, me) {
const key = keyOf(prefix);
const spoke = new Map();
for (const { author, user } of room.entries.slice(-200)) {
spoke.delete(author);
spoke.set(author, user);
}
const rank = new Map([...spoke.keys()].reverse().map((author, index) => [author, index]));
const rankOf = (name) => rank.get(keyOf(name)) ?? rank.size;
const names = room.members ? [...room.members.values()] : [...spoke.values()];
return names.filter((name) => keyOf(name).startsWith(key) && !sameName(name, me))
.sort((one, other) => rankOf(one) - rankOf(other) || compareNames(one, other))
.slice(0, most);
}
return { nameBefore, candidates };
})();
const m50 = (() => {
const { candidates, nameBefore } = m49;
const { byID, composes, element, setHidden, setText } = roostModules.m26;
const { words } = roostModules.m5;
const { avatar } = roostModules.m38;
class CompletionView {
#chat;
#field = byID('message');
#list = byID('names');
#said = byID('names-said');
#names = [];
#at = 0;
#place = null;
#room = null;
constructor(chat) {
this.#chat = chat;
byID('composer').addEventListener('keydown', (event) => {
if (event.target === this.#field && !composes(event) && this.#takes(event)) {
event.preventDefault();
event.stopPropagation();
}
}, true);
this.#field.addEventListener('input', (event) => {
if (!event.isComposing) this.#look();
});
this.#field.addEventListener('compositionend', () => this.#look());
for (const type of ['blur', 'click']) {
this.#field.addEventListener(type, () => this.#close());
}
this.#list.addEventListener('pointerdown', (event) => {
event.preventDefault();
const option = event.target.closest('[role="option"]');
if (option) this.#take(option.dataset.name);
});
}
render() {
const room = this.#chat.rooms.current;
if (room !== this.#room) this.#close();
this.#room = room;
}
#takes({ key, altKey, ctrlKey, metaKey, shiftKey }) {
if (altKey || ctrlKey || metaKey || shiftKey) return false;
if (this.#names.length === 0) return key === 'Tab' && this.#completeWord();
switch (key) {
case 'ArrowDown':
this.#choose(this.#at + 1);
return true;
case 'ArrowUp':
this.#choose(this.#at - 1);
return true;
case 'Enter':
case 'Tab':
this.#take(this.#names[this.#at]);
return true;
case 'Escape':
this.#close();
return true;
default:
if (key.startsWith('Arrow') || key === 'Home' || key === 'End') this.#close();
return false;
}
}
#find(any) {
const { value, selectionStart, selectionEnd } = this.#field;
const room = this.#chat.rooms.current;
if (!room || selectionStart !== selectionEnd) return [];
this.#place = nameBefore(value, selectionStart, any);
return this.#place ? candidates(this.#place.prefix, room, this.#chat.me) : [];
}
#look() {
const names = this.#find(false);
if (names.length === 0) this.#close();
else this.#open(names);
}
#completeWord() {
const names = this.#find(true);
if (names.length === 0) return false;
if (names.length === 1) this.#take(names[0]);
else this.#open(names);
return true;
}
#open(names) {
this.#names = names;
this.#list.replaceChildren(...names.map((name, index) => element('li', {
role: 'option', id: `name-${index}`, dataset: { name },
}, avatar(name), element('bdi', { className: 'label' }, name))));
setHidden(this.#list, false);
this.#choose(0);
setText(this.#said, words('names.found', { count: names.length }));
}
#choose(index) {
const count = this.#names.length;
this.#at = (index + count) % count;
[...this.#list.children].forEach((option, at) =>
option.setAttribute('aria-selected', String(at === this.#at)));
const chosen = this.#list.children[this.#at];
chosen.scrollIntoView({ block: 'nearest' });
this.#field.setAttribute('aria-activedescendant', chosen.id);
}
#close() {
this.#names = [];
setHidden(this.#list, true);
this.#field.removeAttribute('aria-activedescendant');
setText(this.#said, '');
}
#take(name) {
const caret = this.#field.selectionStart;
const blank = /^\s/u.test(this.#field.value.slice(caret)) ? '' : ' ';
this.#field.setRangeText(`@${name}${blank}`, this.#place.start, caret, 'end');
this.#close();
this.#field.dispatchEvent(new Event('input', { bubbles: true }));
}
}
return { CompletionView };
})();
const m51 = (() => {
const { words } = roostModules.m5;
const hasFiles = (transfer) => [...(transfer?.types ?? [])].includes('Files');
const isField = (node) => node.closest?.('input, textarea');
function refuseFiles(say) {
addEventListener('dragover', (event) => {
const { dataTransfer, target } = event;
if (!hasFiles(dataTransfer) && isField(target)) return;
event.preventDefault();
dataTransfer.dropEffect = hasFiles(dataTransfer) ? 'copy' : 'none';
});
addEventListener('drop', (event) => {
const { dataTransfer, target } = event;
if (!hasFiles(dataTransfer) && isField(target)) return;
event.preventDefault();
if (hasFiles(dataTransfer)) say(words('files.none'));
});
addEventListener('paste', (event) => {
const { clipboardData } = event;
if (!hasFiles(clipboardData) || clipboardData.getData('text/plain') !== '') return;
event.preventDefault();
say(words('files.none'));
});
}
return { refuseFiles };
})();
const m52 = (() => {
const { words } = roostModules.m5;
class LinkView {
#chat;
#view;
#wanted = null;
#search = '';
constructor(chat, view) {
this.#chat = chat;
this.#view = view;
}
render() {
const place = this.#view.takePlace();
if (place) {
this.#wanted = place;
this.#search = '';
}
if (this.#wanted) this.#look(this.#wanted);
}
#look({ room: name, offset }) {
const room = this.#chat.rooms.named(name);
if (!room || room.state !== 'joined' || room !== this.#chat.rooms.current) return;
const entry = room.entries.find((one) => one.offset === offset && !room.isPast(one));
if (entry) {
this.#wanted = null;
this.#view.showMessage(entry);
} else if (this.#search === '' && offset >= 1 && offset <= room.position) {
this.#search = 'asking';
this.#chat.history.around(room, offset).then(() => {
if (this.#search === 'asking') {
this.#search = room.state === 'joined' ? 'answered' : '';
}
this.#view.schedule();
});
} else if (this.#search !== 'asking') {
this.#wanted = null;
this.#view.say(words('link.gone'));
}
}
}
return { LinkView };
})();
const m53 = (() => {
const { byID, element, setText } = roostModules.m26;
const { choose, languages, onLanguage, words } = roostModules.m5;
const { canNotify, sound } = m47;
const { chosenLanguage, noticeSettings, setNoticeSettings } = roostModules.m1;
class SettingsView {
#dialog = byID('settings');
#language = byID('language');
#notify = byID('notify');
#sound = byID('sound');
#problem = byID('notify-problem');
#chat;
constructor(chat) {
this.#chat = chat;
byID('open-settings').addEventListener('click', () => this.#open());
this.#language.addEventListener('change', () => choose(this.#language.value));
this.#notify.addEventListener('change', () => this.#askToNotify());
this.#sound.addEventListener('change', () => {
this.#keep();
if (this.#sound.checked) sound();
});
onLanguage(() => this.#fill());
}
#open() {
this.#fill();
const wanted = noticeSettings();
this.#notify.checked = wanted.notify && canNotify()
&& Notification.permission === 'granted';
this.#notify.disabled = !canNotify();
this.#sound.checked = wanted.sound;
setText(this.#problem, '');
this.#dialog.showModal();
}
#fill() {
const all = Object.entries(languages).map(([tag, name]) =>
element('option', { value: tag, lang: tag }, name));
const browser = element('option', { value: '' }, words('settings.browser'));
this.#language.replaceChildren(browser, ...all);
this.#language.value = chosenLanguage();
}
#keep() {
setNoticeSettings({ notify: this.#notify.checked, sound: this.#sound.checked });
}
async #askToNotify() {
setText(this.#problem, '');
if (this.#notify.checked) {
const isGranted = await Notification.requestPermission() === 'granted';
this.#notify.checked = isGranted;
if (!isGranted) setText(this.#problem, words('settings.refused'));
}
this.#keep();
}
render() {
if (this.#chat.phase !== 'in' && this.#dialog.open) this.#dialog.close();
}
}
return { SettingsView };
})();
(() => {
const { makeInstallable } = m46;
const { Notices } = m47;
const { started } = roostModules.m28;
const { AccountView } = m48;
const { CompletionView } = m50;
const { refuseFiles } = m51;
const { LinkView } = m52;
const { SettingsView } = m53;
const { chat, view } = started;
view.add(new AccountView(chat, () => view.signOut(true)));
view.add(new SettingsView(chat));
view.add(new CompletionView(chat));
view.add(new Notices(chat));
view.add(new LinkView(chat, view));
refuseFiles((sentence) => view.say(sentence));
makeInstallable();
})();
})();
