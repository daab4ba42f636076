// What the browser stores. The language that was chosen. For each name, in all tabs: the session,
// the rooms, and how far each was read. For each tab: the user's name, the unsent messages, the
// drafts, and what they answer. And what was last on the screen. The chat works without storage,
// too, and with whatever an earlier version or somebody else has left there.

const usersKey = 'roost.users';
const lastKey = 'roost.name';
const tabKey = 'roost.tab';
const outboxKey = 'roost.outbox';
const draftsKey = 'roost.drafts';
const answeredKey = 'roost.answered';
const seenKey = 'roost.seen';
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
        // The storage is full, or the user forbids it: nothing is stored then.
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

export const lastName = () => textOr(read(everyTab, lastKey), '');
export const setLastName = (name) => write(everyTab, lastKey, name);

export const chosenLanguage = () => textOr(read(everyTab, languageKey), '');
export const setChosenLanguage = (tag) => write(everyTab, languageKey, tag || null);

// {notify, sound}: whether a mention shows on the desktop, and sounds.
export function noticeSettings() {
    const stored = read(everyTab, noticesKey);
    return { notify: stored?.notify === true, sound: stored?.sound === true };
}
export const setNoticeSettings = (settings) => write(everyTab, noticesKey, settings);

export const tabName = () => textOr(read(thisTab, tabKey), '');
export const setTabName = (name) => write(thisTab, tabKey, name || null);

export const unsent = () => listOf(read(thisTab, outboxKey), (item) => isObject(item)
    && [item.id, item.user, item.room, item.text, item.at].every(isText)
    && [item.name ?? '', item.place ?? ''].every(isText));
export const setUnsent = (items) => write(thisTab, outboxKey, items.length ? items : null);

const isPlace = (value) =>
    isObject(value) && isText(value.epoch) && Number.isSafeInteger(value.offset);

// {room key: text}
export const drafts = () => fieldsOf(read(thisTab, draftsKey), isText);
export const setDrafts = (texts) =>
    write(thisTab, draftsKey, Object.keys(texts).length ? texts : null);

// {room key: {epoch, offset, user, text}}
export const answered = () => fieldsOf(read(thisTab, answeredKey),
    (value) => isPlace(value) && isText(value.user) && isText(value.text));
export const setAnswered = (all) =>
    write(thisTab, answeredKey, Object.keys(all).length ? all : null);


const users = () =>
    listOf(read(everyTab, usersKey), (entry) => isObject(entry) && isText(entry.key));

const seenOfAll = () => listOf(read(everyTab, seenKey), isObject);

// {session, rooms: [name], hidden: [room key], read: {room key: {epoch, offset}}, closed: {room key:
// offset}}. The session is null after the user has signed out, and undefined if there never was one.
// Private rooms are hidden. What was closed here is a conversation or a private room, which the
// server still lists.
export function userRecord(key) {
    const found = users().find((entry) => entry.key === key) ?? {};
    const { session, rooms, hidden, read, closed } = found;
    return {
        session: isText(session) || session === null ? session : undefined,
        rooms: listOf(rooms, isText),
        hidden: listOf(hidden, isText),
        read: fieldsOf(read, isPlace),
        closed: fieldsOf(closed, Number.isSafeInteger),
    };
}

// The newest names first; only the last few are kept.
export function keepUserRecord(key, record) {
    const others = users().filter((entry) => entry.key !== key);
    write(everyTab, usersKey, [{ ...record, key }, ...others].slice(0, userLimit));
}

// What this user saw last: {room, title, at, entries}, or null. Only of the last few names.
export function seen(key) {
    const found = seenOfAll().find((one) => one.key === key);
    return found && isText(found.title) && isText(found.at)
        ? { ...found, entries: listOf(found.entries, (entry) => isObject(entry)
            && [entry.user, entry.text, entry.at].every(isText)) } : null;
}

export function setSeen(key, value) {
    const others = seenOfAll().filter((one) => one.key !== key);
    const all = value ? [{ ...value, key }, ...others].slice(0, userLimit) : others;
    write(everyTab, seenKey, all.length ? all : null);
}

// Calls `changed` when another tab has changed a user's record.
export function onOtherTabs(changed) {
    addEventListener('storage', (event) => {
        if (event.key === usersKey) changed();
    });
}
