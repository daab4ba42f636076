// Waiting for a login.

import { Disconnected } from './commands.js';

// Resolves at the next welcome of this Roost; rejects if it is refused, or not tried again.
/** @param {any} chat */
export function nextWelcome(chat) {
    return new Promise((resolve, reject) => {
        const end = (settle) => {
            for (const off of ends) off();
            settle();
        };
        const ends = [
            chat.on('welcome', (welcome) => end(() => resolve(welcome))),
            chat.on('refused', (error) => end(() => reject(error))),
            chat.on('closed', ({ reason }) => {
                if (chat.state.phase !== 'waiting') end(() => reject(new Disconnected(reason)));
            }),
        ];
    });
}
