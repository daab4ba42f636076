// Links to rooms and to single messages: `#room`, and `#room/42` for the message with that offset.

// Of the address's part after the #. What is not well encoded is taken as it stands: the server says
// what is wrong with it.
export function placeIn(hash) {
    let text = hash.slice(1);
    try {
        text = decodeURIComponent(text);
    } catch {
        // as it stands
    }
    const found = /^(.*)\/(\d{1,15})$/su.exec(text);
    return found ? { room: found[1], offset: Number(found[2]) } : { room: text, offset: null };
}

export const hashOf = (room, offset) =>
    `#${encodeURIComponent(room.name)}${offset === undefined ? '' : `/${offset}`}`;

// The address of a message, to be given to others.
export function linkTo(room, entry, page = location) {
    return new URL(hashOf(room, entry.offset), page.href.split('#')[0]).href;
}

// For a menu of a message: true if the link is in the clipboard then.
export async function copyLink(room, entry) {
    try {
        await navigator.clipboard.writeText(linkTo(room, entry));
        return true;
    } catch {
        return false;
    }
}
