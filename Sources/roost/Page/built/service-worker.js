const version = 'f0403b02e7f620b9';
const files = ["page-42103d431f2df80e.js", "later-e09bee0f88c7577a.js", "page-aef11ad73aba06cf.css", "favicon-176b8ad70ab1e64e.svg", "words-de-002cd4eafb2b7ba6.json", "words-ar-52f55c0fa044271f.json"];
const base = new URL('./', self.location).href;
const cacheName = `roost-${version}`;
const away = new Set([502, 503, 504]);
async function keep() {
const cache = await caches.open(cacheName);
const page = await fetch(base, { cache: 'no-cache' });
const text = await page.clone().text();
const isOfVersion = page.ok && text.includes(`data-version="${version}"`);
if (!isOfVersion) throw new Error('The server has another version.');
await cache.addAll(files);
await cache.put(base, page);
}
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
