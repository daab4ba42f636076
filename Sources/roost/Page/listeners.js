// Functions that are called when something happens, by the name of what happens.

export class Listeners {
    #all = new Map(); // name → functions

    // Returns a function that takes the listener away again.
    add(name, listener) {
        if (typeof listener !== 'function') throw new TypeError('A listener is a function.');
        const before = this.#all.get(name) ?? [];
        this.#all.set(name, [...before, listener]);
        return () => {
            const others = (this.#all.get(name) ?? []).filter((other) => other !== listener);
            this.#all.set(name, others);
        };
    }

    // A listener that throws must not keep this client from doing its work, nor the other
    // listeners: its error is reported like any that nobody has caught.
    call(name, event) {
        for (const listener of this.#all.get(name) ?? []) {
            try {
                listener(event);
            } catch (error) {
                queueMicrotask(() => {
                    throw error;
                });
            }
        }
    }
}
