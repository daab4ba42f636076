// The rooms that anybody may enter, page by page as the server has them, and private rooms that
// this user may enter.

import { keyOf } from './names.js';

const pageLimit = 100;
const pagesAtOnce = 8;
const enough = 30;

export class RoomList {
    more = false;
    #roost;
    #rooms = [];
    #wish = 0; // counts the calls of `find`: a newer one ends those before

    constructor(roost) {
        this.#roost = roost;
    }

    // Begins anew: rooms come and go.
    async open() {
        this.#rooms = [];
        this.more = false;
        const [mine, page] = await Promise.all([
            this.#roost.command('mine').catch(() => ({ rooms: [] })), this.#page()]);
        const own = mine.rooms.filter(({ kind }) => kind === 'private');
        this.#rooms = [...own, ...page];
    }

    async #page(after) {
        const reply = await this.#roost.command('rooms', { after, limit: pageLimit });
        this.more = reply.more;
        return reply.rooms;
    }

    fitting(filter) {
        const wanted = keyOf(filter.trim());
        return this.#rooms.filter(({ room, topic = '' }) =>
            keyOf(room).includes(wanted) || keyOf(topic).includes(wanted));
    }

    // Looks for more rooms that fit, in some further pages. Returns false if another search has
    // begun meanwhile.
    async find(filter, wanted = enough) {
        this.#wish += 1;
        const wish = this.#wish;
        for (let page = 0; page < pagesAtOnce && this.more; page += 1) {
            if (this.fitting(filter).length >= wanted) break;
            const found = await this.#page(this.#rooms[this.#rooms.length - 1]?.room);
            if (wish !== this.#wish) return false;
            this.#rooms.push(...found);
        }
        return true;
    }
}
