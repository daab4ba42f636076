// What the browser stores. For each name, in all tabs: the session, the rooms, and how far each was
// read. For each tab: the user's name and the unsent messages. The chat works without storage, too.

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
        // The storage is full, or the user forbids it: nothing is stored then.
    }
}

const everyTab = () => localStorage;
const thisTab = () => sessionStorage;

export const lastName = () => read(everyTab, lastKey, '');
export const setLastName = (name) => write(everyTab, lastKey, name);

export const tabName = () => read(thisTab, tabKey, '');
export const setTabName = (name) => write(thisTab, tabKey, name || null);

export const unsent = () => read(thisTab, outboxKey, []);
export const setUnsent = (items) => write(thisTab, outboxKey, items.length ? items : null);

// {session, rooms: [name], read: {room key: {epoch, offset}}}
export function userRecord(key) {
    const record = read(everyTab, usersKey, []).find((entry) => entry.key === key);
    return { session: undefined, rooms: [], read: {}, ...record };
}

// The newest names first; only the last few are kept.
export function keepUserRecord(key, record) {
    const others = read(everyTab, usersKey, []).filter((entry) => entry.key !== key);
    write(everyTab, usersKey, [{ ...record, key }, ...others].slice(0, userLimit));
}
