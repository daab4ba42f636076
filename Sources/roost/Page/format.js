// Times, days and counts, formatted for the user's language settings.

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const dayThisYear = new Intl.DateTimeFormat(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
});
const dayOfYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const number = new Intl.NumberFormat();

const valid = (date) => (Number.isNaN(date.getTime()) ? new Date(0) : date);

export const instant = (text) => valid(new Date(text));
export const clockTime = (date) => clock.format(date);
export const fullTime = (date) => full.format(date);
export const count = (value) => number.format(value);

// A number for each local day, to find where a new day begins.
export const dayKey = (date) =>
    (date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate();

export function dayName(date, now = new Date()) {
    const key = dayKey(date);
    if (key === dayKey(now)) return 'Today';
    const yesterday = new Date(now);
    yesterday.setDate(now.getDate() - 1);
    if (key === dayKey(yesterday)) return 'Yesterday';
    return (date.getFullYear() === now.getFullYear() ? dayThisYear : dayOfYear).format(date);
}

export const people = (value) => `${count(value)} ${value === 1 ? 'person' : 'people'}`;

export const badge = (value) => (value > 99 ? '99+' : String(value));

// "ann", "ann and bob", "ann, bob and 3 others"
export function listed(names) {
    if (names.length <= 2) return names.join(' and ');
    if (names.length === 3) return `${names[0]}, ${names[1]} and ${names[2]}`;
    return `${names[0]}, ${names[1]} and ${names.length - 2} others`;
}
