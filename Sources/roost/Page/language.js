// The language of the page: which one it speaks, and its texts. A text has `{names}` for what is
// put in, and a form for each plural that its language has, by `count`; `[Keys]` stand in brackets.

import { chosenLanguage, setChosenLanguage } from './storage.js';
import { english } from './words-en.js';

export const languages = { en: 'English', de: 'Deutsch', ar: 'العربية' };
const rightToLeft = new Set(['ar']);
const rightToLeftText = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/u;

// Where a language's texts are: the document names them, with the hash of their content.
const linkOf = (tag) => document.querySelector(`link[hreflang="${tag}"]`);

let tag = 'en';
let region = 'en';
let table = english;
let plurals = null;
let numbers = null;
const listeners = [];
const patience = 8_000; // English is better than nothing

const baseOf = (one) => one.toLowerCase().split('-')[0];

// The first of the browser's languages that the page has, unless somebody has chosen another one.
export function preferred(chosen = chosenLanguage(), wanted = navigator.languages) {
    if (chosen in languages) return chosen;
    return wanted.map(baseOf).find((one) => one in languages) ?? 'en';
}

// The language with the user's region, so that times and numbers are those of the region.
export const locale = () => region;

export const isEnglish = () => tag === 'en';

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
    const texts = await answer.json();
    // scripts/bundle-page has left the keys out.
    return Object.fromEntries(Object.keys(english).map((key, index) => [key, texts[index]]));
}

// Loads a language, if it is another one, and speaks it. Without its file the page speaks English.
// boot.js has begun to load it.
export async function speak(wanted = preferred()) {
    let texts = english;
    try {
        if (wanted !== 'en') texts = await fetchTexts(linkOf(wanted).href);
    } catch {
        wanted = 'en';
    }
    turnTo(wanted, texts);
}

// English is always there: nothing has to wait.
export function speakAtOnce() {
    const isThere = preferred() === 'en';
    if (isThere) turnTo('en', english);
    return isThere;
}

export function choose(wanted) {
    setChosenLanguage(wanted);
    return speak();
}

export function onLanguage(changed) {
    listeners.push(changed);
}

export const count = (value) => (numbers ??= new Intl.NumberFormat(locale())).format(value);

// A name of the other direction, in marks that isolate it, does not turn the sentence around.
function isolated(value) {
    const text = typeof value === 'number' ? count(value) : String(value);
    const turns = rightToLeft.has(tag) ? /\p{L}/u.test(text) : rightToLeftText.test(text);
    return turns ? `\u2068${text}\u2069` : text;
}

// The text of this key, with what `values` puts in.
export function words(key, values = {}) {
    let text = table[key] ?? english[key];
    if (typeof text === 'object') {
        plurals ??= new Intl.PluralRules(locale());
        text = text[plurals.select(values.count)] ?? text.other;
    }
    return text.replace(/\{(\w+)\}/gu, (_, name) => isolated(values[name]));
}

// "ann", "ann and bob", "ann, bob and 3 others"
export function listed(names) {
    const shown = names.length > 3
        ? [...names.slice(0, 2), words('people.others', { count: names.length - 2 })] : names;
    return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(shown);
}

// The text as nodes: what stands in brackets is a key.
function withKeys(text) {
    return text.split(/\[([^\]]+)\]/u).map((part, index) => {
        if (index % 2 === 0) return part;
        return Object.assign(document.createElement('kbd'), { textContent: part });
    });
}

const attributes = { label: 'aria-label', hint: 'placeholder', tip: 'title' };

// Writes the texts that the document only names: data-words, and data-label, data-hint and data-tip
// for attributes.
export function translate(root) {
    for (const node of root.querySelectorAll('[data-words]')) {
        node.replaceChildren(...withKeys(words(node.dataset.words)));
    }
    for (const [name, attribute] of Object.entries(attributes)) {
        for (const node of root.querySelectorAll(`[data-${name}]`)) {
            node.setAttribute(attribute, words(node.dataset[name]));
        }
    }
}
