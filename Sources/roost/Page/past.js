// Messages of a room from before a gap, which only this page still has: the server was restarted,
// or has no continuation of them. They stay in view, with a mark below that says why.

export class Past {
    // Entries with their `epoch`. The last one before a gap has an `end`: 'missed' (the server has
    // gone on since), 'restarted' (it lost the room with everything else) or 'closed' (it had
    // forgotten the room, which was empty).
    entries = [];

    get length() {
        return this.entries.length;
    }

    keep(entries, epoch, end) {
        for (const entry of entries) entry.epoch = epoch;
        this.entries.push(...entries);
        const last = this.entries[this.entries.length - 1];
        if (last && (last.end ?? 'missed') === 'missed') last.end = end;
    }

    // The present begins at the offset `first` of this epoch. Gives back what lies right before it,
    // since there is no gap then, and forgets what the present has, too.
    reach(epoch, first) {
        const isOlder = (entry) => entry.epoch !== epoch || entry.offset < first;
        if (!this.entries.every(isOlder)) this.entries = this.entries.filter(isOlder);
        let from = this.entries.length;
        let next = first - 1;
        while (from > 0 && this.entries[from - 1].epoch === epoch
            && this.entries[from - 1].offset === next) {
            from -= 1;
            next -= 1;
        }
        const found = this.entries.splice(from);
        for (const entry of found) delete entry.end;
        const last = this.entries[from - 1];
        if (last) last.end ??= 'missed';
        return found;
    }

    // Forgets up to `count` entries, and returns how many.
    dropOldest(count) {
        return this.entries.splice(0, Math.max(0, count)).length;
    }

    // Forgets what the server may still have.
    dropPresent(epoch) {
        this.entries = this.entries.filter((entry) => entry.epoch !== epoch);
    }
}
