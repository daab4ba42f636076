// Makes it possible to install the page, and to start it without the server: the manifest and the
// service worker, where the browser has them (only in a secure context).

import { byID } from './dom.js';

export function makeInstallable() {
    byID('manifest').rel = 'manifest';
    // Without it, or in a browser that refuses it, only the start without the server is missing.
    navigator.serviceWorker?.register('service-worker.js').catch(() => {});
}
