// What stands for a person where there is no picture: the initials of the name, and a colour.

import { keyOf } from './names.js';

export const tintCount = 18;

function firstCharacter(text) {
    if ('Segmenter' in Intl) {
        for (const { segment } of new Intl.Segmenter().segment(text)) return segment;
    }
    return [...text][0] ?? '';
}

// "ann_lee" is AL, "ann" is A.
export function initials(name) {
    const parts = name.split(/[-_.]+/u).filter(Boolean);
    const letters = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : [name];
    return letters.map((part) => firstCharacter(part).toUpperCase()).join('');
}

// The colour of a name: the same for everyone. FNV-1a over its key, and then the finaliser of
// MurmurHash3: the low bits of FNV-1a alone put short names into few of the colours.
export function tintOf(name) {
    let hash = 0x811c9dc5;
    for (const character of keyOf(name)) {
        hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) % tintCount;
}
