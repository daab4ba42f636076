// What the browser keeps: per name (in every tab) the session, the rooms and how far each was read;
// per tab who is logged in and what is still to be sent. A browser that keeps nothing still chats.

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
        // Full, or forbidden by the person: nothing is remembered then.
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

// The newest first; only the last few names are kept.
export function keepUserRecord(key, record) {
    const others = read(everyTab, usersKey, []).filter((entry) => entry.key !== key);
    write(everyTab, usersKey, [{ ...record, key }, ...others].slice(0, userLimit));
}
