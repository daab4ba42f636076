// What moderators do, in words: a line for the list of messages.

import { lasting } from './format.js';
import { locale, words } from './language.js';

const spanOf = ({ until, came }) => (until
    ? words('act.for', { span: lasting((Date.parse(until) - came) / 1000) }) : words('act.good'));

export const doer = ({ by }) => by ?? words('act.operator');

// The sentence and the reason, if there is one.
export const withReason = (line, { reason }) => `${line}${reason ? `: ${reason}` : '.'}`;

export function lineOf(act) {
    const { action, user: name, everywhere } = act;
    const line = words(`act.${action}`, { by: doer(act), name, span: spanOf(act) });
    const all = words('moderate.everywhere').toLocaleLowerCase(locale());
    return withReason(everywhere ? `${line} (${all})` : line, act);
}
