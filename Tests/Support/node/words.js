// The page's texts: every language has the same ones, with the same names inside and the plural
// forms that it needs; what the page names is there, and nothing else.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';

const page = new URL('../../../Sources/roost/Page/', import.meta.url);
const read = (name) => readFileSync(new URL(name, page), 'utf8');
const { english } = await import(new URL('words-en.js', page));
const { languages } = await import(new URL('language.js', page));
const tables = { en: english };
for (const tag of Object.keys(languages)) tables[tag] ??= JSON.parse(read(`words-${tag}.json`));

const same = new Set(['de state.offline']); // words that both languages have

const formsOf = (text) => (typeof text === 'string' ? { text } : text);
const insideOf = (text) =>
    [...new Set(Object.values(formsOf(text)).join(' ').match(/\{\w+\}/gu) ?? [])].sort();

test('all languages have the same texts', () => {
    for (const [tag, table] of Object.entries(tables)) {
        assert.deepEqual(Object.keys(table).sort(), Object.keys(english).sort(), tag);
        for (const [key, text] of Object.entries(table)) {
            const place = `${tag} ${key}`;
            assert.equal(typeof text, typeof english[key], place);
            assert.deepEqual(insideOf(text), insideOf(english[key]), place);
            for (const form of Object.values(formsOf(text))) {
                assert.ok(form.trim() === form && form !== '', place);
                if (!same.has(place) && form[0] !== '[' && tag !== 'en' && /[a-z]{4}/u.test(form)) {
                    assert.notEqual(form, formsOf(english[key]).text, `${place} is English`);
                }
            }
        }
    }
});

test('a text that counts has all plural forms of its language', () => {
    for (const [tag, table] of Object.entries(tables)) {
        const { pluralCategories } = new Intl.PluralRules(tag).resolvedOptions();
        for (const [key, text] of Object.entries(table)) {
            if (typeof text === 'string') continue;
            const forms = Object.keys(text).sort();
            assert.deepEqual(forms, [...pluralCategories].sort(), `${tag} ${key}`);
        }
    }
});

test('what the page names is there, and the rest is gone', () => {
    const sources = readdirSync(page).filter((name) => /^(?!words-).*\.(js|html)$/u.test(name));
    const all = sources.map(read).join('\n');
    const named = (key) => all.includes(`'${key}'`) || all.includes(`"${key}"`);
    // Keys that are put together: `close.${code}`.
    const beginnings = [...all.matchAll(/`([\w.]+\.)\$\{/gu)].map((found) => found[1]);
    for (const key of Object.keys(english)) {
        assert.ok(named(key) || beginnings.some((one) => key.startsWith(one)), `${key} is unused`);
    }
    const names = /(?:\bwords\('|data-(?:words|label|hint|tip)=")([^'"]+)['"]/gu;
    for (const [, key] of all.matchAll(names)) assert.ok(key in english, key);
});

test('the document has no text of its own', () => {
    const text = read('index.html').replace(/<(title|noscript)>.*?<\/\1>|<!.*?>|<[^>]+>/gsu, ' ');
    assert.deepEqual(text.match(/\S+/gu), ['Roost', 'Roost']); // its name, on two screens
    assert.deepEqual(read('index.html').match(/(aria-label|placeholder|title)="[^"]+"/gu), null);
});

test('the first sentences are there in all languages', () => {
    const boot = read('boot.js');
    const inside = boot.slice(boot.indexOf('sentences = ') + 12, boot.indexOf('};\n') + 1);
    const sentences = new Function(`return ${inside}`)();
    assert.deepEqual(Object.keys(sentences), Object.keys(languages));
    for (const table of Object.values(sentences)) {
        assert.deepEqual(Object.keys(table).sort(), Object.keys(sentences.en).sort());
    }
});
