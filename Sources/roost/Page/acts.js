// What moderators do, in words.

import { lasting, moment } from './format.js';
import { locale, words } from './language.js';

const spanOf = ({ until, came }) => (until
    ? words('act.for', { span: lasting((Date.parse(until) - came) / 1000) }) : words('act.good'));

// "until 21:05", "until further notice"
export const untilOf = ({ until }) => (until
    ? words('act.until', { time: moment(new Date(until)) }) : words('act.open'));

export const doer = ({ by }) => by ?? words('act.operator');

// The sentence and the reason, if there is one.
export const withReason = (line, { reason }) => `${line}${reason ? `: ${reason}` : '.'}`;

export function lineOf(act) {
    const { action, user: name, everywhere } = act;
    const line = words(`act.${action}`, { by: doer(act), name, span: spanOf(act) });
    const all = words('moderate.everywhere').toLocaleLowerCase(locale());
    return withReason(everywhere ? `${line} (${all})` : line, act);
}
