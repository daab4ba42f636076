// Opens the page without the server. It keeps the page and its files of one version together: the
// page comes from the server as long as that answers, and else from here. Files whose names have the
// hash of their content come from here first. It does nothing else; there are no pushes.

// scripts/bundle-page writes the names of the files in here, and a version made of their content.
const version = '';
const files = [];

const base = new URL('./', self.location).href;
const cacheName = `roost-${version}`;
// A proxy answers so for a server that is away.
const away = new Set([502, 503, 504]);

// The page of another version would name files that are not here: then nothing is kept, and the
// worker of that version comes soon.
async function keep() {
    const cache = await caches.open(cacheName);
    const page = await fetch(base, { cache: 'no-cache' });
    const text = await page.clone().text();
    const isOfVersion = page.ok && text.includes(`data-version="${version}"`);
    if (!isOfVersion) throw new Error('The server has another version.');
    await cache.addAll(files);
    await cache.put(base, page);
}

// Tabs that were opened before an upgrade may still need the files of the version before.
async function forget() {
    const kept = (await caches.keys()).filter((name) => name.startsWith('roost-'));
    const older = kept.filter((name) => name !== cacheName);
    await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
}

async function pageFor(request) {
    const kept = async () => (await caches.open(cacheName)).match(base);
    try {
        const answer = await fetch(request);
        return away.has(answer.status) ? await kept() ?? answer : answer;
    } catch (problem) {
        const page = await kept();
        if (page) return page;
        throw problem;
    }
}

async function fileFor(request) {
    return await caches.match(request, { ignoreVary: true }) ?? fetch(request);
}

self.addEventListener('install', (event) => {
    self.skipWaiting();
    event.waitUntil(keep());
});

self.addEventListener('activate', (event) => event.waitUntil(forget()));

// A notification that the page has shown leads back to it.
self.addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil(self.clients.matchAll({ type: 'window' }).then(([tab]) =>
        (tab ? tab.focus() : self.clients.openWindow(base))));
});

self.addEventListener('fetch', (event) => {
    const { request } = event;
    const { origin, pathname, href } = new URL(request.url);
    if (request.method !== 'GET' || !href.startsWith(base)) return;
    if (request.mode === 'navigate') {
        if (`${origin}${pathname}` === base) event.respondWith(pageFor(request));
    } else if (/-[0-9a-f]{16}\.[a-z]+$/u.test(pathname)) {
        event.respondWith(fileFor(request));
    }
});
