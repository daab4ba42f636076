// Mentions and direct messages while the page is out of sight: a notification of the desktop and a
// short sound, each only if somebody has switched it on.

import { isMessage } from './entries.js';
import { words } from './language.js';
import { keyOf, mentions } from './names.js';
import { noticeSettings } from './storage.js';

const longestText = 200;

let audio = null;

// Two short tones. Browsers let a page sound only after somebody has used it.
export function sound() {
    audio ??= new AudioContext();
    audio.resume().catch(() => {});
    for (const [at, pitch] of [[0, 660], [0.12, 880]]) {
        const start = audio.currentTime + at;
        const tone = new OscillatorNode(audio, { frequency: pitch });
        const volume = new GainNode(audio, { gain: 0 });
        volume.gain.setValueAtTime(0, start);
        volume.gain.linearRampToValueAtTime(0.15, start + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.001, start + 0.25);
        tone.connect(volume).connect(audio.destination);
        tone.start(start);
        tone.stop(start + 0.3);
    }
}

export const canNotify = () => 'Notification' in window;

export class Notices {
    #chat;
    #seen = new WeakMap(); // room → {epoch, offset} up to which it was looked through

    constructor(chat) {
        this.#chat = chat;
    }

    render() {
        if (this.#chat.phase !== 'in') return;
        for (const room of this.#chat.rooms.list) this.#look(room);
    }

    // What was there at the first look is not news.
    #look(room) {
        const { epoch, position, entries } = room;
        if (epoch === null) return;
        const begun = room.begunAt === null ? undefined : { epoch, offset: room.begunAt };
        const seen = this.#seen.get(room) ?? begun;
        if (seen?.epoch === epoch && seen.offset === position) return;
        this.#seen.set(room, { epoch, offset: position });
        if (seen?.epoch !== epoch || !document.hidden) return;
        const me = keyOf(this.#chat.me);
        const fresh = entries.filter((entry) => entry.offset > seen.offset && entry.author !== me
            && isMessage(entry) && !entry.deleted
            && (room.kind === 'direct' || mentions(entry.text, this.#chat.me)));
        if (fresh.length > 0) this.#tell(room, fresh[fresh.length - 1]);
    }

    #tell(room, entry) {
        const wanted = noticeSettings();
        if (wanted.sound) sound();
        if (!wanted.notify || !canNotify() || Notification.permission !== 'granted') return;
        const key = room.kind === 'direct' ? 'notice.direct' : 'notice.mention';
        const title = words(key, { name: entry.user, room: room.title });
        const options = {
            body: entry.text.slice(0, longestText), tag: `${room.key} ${entry.offset}`,
            icon: document.querySelector('link[rel=icon]').href,
        };
        try {
            const notice = new Notification(title, options);
            notice.onclick = () => {
                focus();
                this.#chat.rooms.select(room);
                notice.close();
            };
        } catch {
            // On a phone only a service worker may show one.
            navigator.serviceWorker?.ready.then((it) => it.showNotification(title, options));
        }
    }
}
