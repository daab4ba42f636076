// The people who are in a room, which of them are typing, and what moderators have done to them.

import { keyOf, sameName } from './names.js';

export const typingLasts = 5_000;
const actLimit = 50;

export class Company {
    members = null; // key → name, or null if the server sends only a count
    count = 0;
    typing = new Map(); // key → {name, until}
    creator = ''; // of a private room, if the server knows
    acts = []; // what moderators have done while this page was here: the pushes, oldest first
    muted = null; // {everywhere, until, reason}, if this user may only read here
    verdict = null; // the push with which this user was sent out, or {} if it was not seen

    // A `count` says that the list is no longer complete.
    applyPresence(push) {
        this.count = push.count ?? this.count;
        if (push.event === 'count') this.members = null;
        else if (push.event === 'join') this.members?.set(keyOf(push.user), push.user);
        else if (push.event === 'leave') {
            this.members?.delete(keyOf(push.user));
            this.typing.delete(keyOf(push.user));
        }
    }

    // This user is in the room, by the server's reply.
    enter(reply) {
        this.creator = reply.creator ?? '';
        this.muted = reply.muted ?? null;
        this.verdict = null;
        this.setMembers(reply);
    }

    // What a moderator has done to somebody, at this place of the room's log.
    applyAct(push, place, me) {
        const number = (this.acts[this.acts.length - 1]?.number ?? 0) + 1;
        this.acts = [...this.acts.slice(1 - actLimit), { ...push, ...place, number }];
        if (!sameName(push.user, me)) return;
        const { action, everywhere } = push;
        if (action === 'mute') this.muted = push;
        else if (action === 'unmute' && this.muted?.everywhere === everywhere) this.muted = null;
        else if (action === 'kick' || action === 'ban') this.verdict = push;
    }

    // The mute in force.
    mutedNow(now = Date.now()) {
        if (this.muted?.until && Date.parse(this.muted.until) <= now) this.muted = null;
        return this.muted;
    }

    // Takes the members from `joined` or `who`; for a large room, only their count.
    setMembers(reply) {
        this.count = reply.count ?? reply.members?.length ?? 0;
        this.members = reply.members
            ? new Map(reply.members.map((name) => [keyOf(name), name]))
            : null;
    }

    applyTyping(user) {
        this.typing.set(keyOf(user), { name: user, until: Date.now() + typingLasts });
    }

    typingNow(now = Date.now()) {
        for (const [key, { until }] of this.typing) if (until <= now) this.typing.delete(key);
        return [...this.typing.values()].map(({ name }) => name);
    }
}
