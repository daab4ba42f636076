// Times, days and counts, formatted for the user's language and region.

import { count, locale, words } from './language.js';

const shapes = {
    clock: { hour: 'numeric', minute: '2-digit' },
    full: { dateStyle: 'full', timeStyle: 'medium' },
    dayThisYear: { weekday: 'long', day: 'numeric', month: 'long' },
    dayOfYear: { dateStyle: 'long' },
};
// Making a formatter takes long, and there are thousands of times.
let made = {};

function format(shape, date) {
    if (made.locale !== locale()) made = { locale: locale() };
    made[shape] ??= new Intl.DateTimeFormat(made.locale, shapes[shape]);
    return made[shape].format(date);
}

const valid = (date) => (Number.isNaN(date.getTime()) ? new Date(0) : date);

export const instant = (text) => valid(new Date(text));
export const clockTime = (date) => format('clock', date);
export const fullTime = (date) => format('full', date);

// A number for each local day, to find where a new day begins.
export const dayKey = (date) =>
    (date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate();

export function dayName(date, now = new Date()) {
    const key = dayKey(date);
    if (key === dayKey(now)) return words('day.today');
    const yesterday = new Date(now);
    yesterday.setDate(now.getDate() - 1);
    if (key === dayKey(yesterday)) return words('day.yesterday');
    return format(date.getFullYear() === now.getFullYear() ? 'dayThisYear' : 'dayOfYear', date);
}

// "10 minutes", "1 hour", "3 days"
export function lasting(seconds) {
    const isWhole = (count) => Math.round(count) > 0 && Math.abs(count - Math.round(count)) < 0.05;
    const [unit, size] = [['day', 86_400], ['hour', 3_600]].find(
        (one) => isWhole(seconds / one[1])) ?? ['minute', 60];
    return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' })
        .format(Math.max(1, Math.round(seconds / size)));
}

// The time, and the day if that is not today.
export const moment = (date) => (dayKey(date) === dayKey(new Date()) ? clockTime(date)
    : `${dayName(date)}, ${clockTime(date)}`);

export const badge = (value) => (value > 99 ? `${count(99)}+` : count(value));
