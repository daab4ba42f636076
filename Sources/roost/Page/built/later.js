(function () {
'use strict';
const m45 = (() => {
const { byID } = roostModules.m26;
function makeInstallable() {
byID('manifest').rel = 'manifest';
navigator.serviceWorker?.register('service-worker.js').catch(() => {});
}
return { makeInstallable };
})();
const m46 = (() => {
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
const m47 = (() => {
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
const m48 = (() => {
const { candidates, nameBefore } = m47;
const { byID, composes, element, setHidden, setText } = roostModules.m26;
const { words } = roostModules.m5;
const { avatar } = roostModules.m37;
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
const m49 = (() => {
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
const m50 = (() => {
const { byID, element } = roostModules.m26;
const { choose, languages, onLanguage, words } = roostModules.m5;
const { chosenLanguage } = roostModules.m1;
class SettingsView {
#dialog = byID('settings');
#language = byID('language');
#chat;
constructor(chat) {
this.#chat = chat;
byID('open-settings').addEventListener('click', () => this.#open());
this.#language.addEventListener('change', () => choose(this.#language.value));
onLanguage(() => this.#fill());
}
#open() {
this.#fill();
this.#dialog.showModal();
}
#fill() {
const all = Object.entries(languages).map(([tag, name]) =>
element('option', { value: tag, lang: tag }, name));
const browser = element('option', { value: '' }, words('settings.browser'));
this.#language.replaceChildren(browser, ...all);
this.#language.value = chosenLanguage();
}
render() {
if (this.#chat.phase !== 'in' && this.#dialog.open) this.#dialog.close();
}
}
return { SettingsView };
})();
(() => {
const { makeInstallable } = m45;
const { started } = roostModules.m27;
const { AccountView } = m46;
const { CompletionView } = m48;
const { refuseFiles } = m49;
const { SettingsView } = m50;
const { chat, view } = started;
view.add(new AccountView(chat, () => view.signOut(true)));
view.add(new SettingsView(chat));
view.add(new CompletionView(chat));
refuseFiles((sentence) => view.say(sentence));
makeInstallable();
})();
})();
