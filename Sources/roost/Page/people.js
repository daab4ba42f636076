// The people in a room. The server lists up to 200 members and tells who comes and goes; of larger
// rooms it tells only the number, and has the list again when enough have gone.

export const listLimit = 200;
// Everybody in the room learns at the same moment that it has become small enough.
const spread = 1_500;
const notAgainFor = 3_000;

export class People {
    #roost;
    #changed;
    #asked = new WeakMap(); // room → when the list may be asked for again

    constructor(roost, changed) {
        this.#roost = roost;
        this.#changed = changed;
    }

    // Gets the list of the room that is shown, if it is missing and the server would tell it.
    look(room) {
        if (room?.state !== 'joined' || room.members || room.count > listLimit) return;
        const now = performance.now();
        if (now < (this.#asked.get(room) ?? 0)) return;
        const wait = Math.random() * spread;
        this.#asked.set(room, now + wait + notAgainFor);
        setTimeout(() => this.#ask(room), wait);
    }

    // Replies and pushes come in order, so that the list is right until the next push.
    async #ask(room) {
        if (room.state !== 'joined' || room.members) return;
        const reply = await this.#roost.command('who', { room: room.name }).catch(() => null);
        if (reply && reply.count <= listLimit) room.setMembers(reply);
        else setTimeout(this.#changed, notAgainFor);
        this.#changed();
    }
}
