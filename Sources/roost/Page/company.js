// The people who are in a room, and which of them are typing.

import { keyOf } from './names.js';

export const typingLasts = 5_000;

export class Company {
    members = null; // key → name, or null if the server sends only a count
    count = 0;
    typing = new Map(); // key → {name, until}

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
