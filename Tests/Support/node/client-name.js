// What browsers are called in the list of sessions.
import assert from 'node:assert/strict';
import test from 'node:test';

const { clientName } = await import('../../../Sources/roost/Page/client-name.js');

const like = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const apple = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const agents = [
    ['Firefox (Linux)', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
    ['Firefox (Windows)',
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'],
    ['Firefox (Android)', 'Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0'],
    ['Firefox (iPhone)', `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${apple} `
        + 'FxiOS/128.0 Mobile/15E148 Safari/605.1.15'],
    ['Chrome (Linux)', `Mozilla/5.0 (X11; Linux x86_64) ${like} Chrome/131.0.0.0 Safari/537.36`],
    ['Chrome (Android)',
        `Mozilla/5.0 (Linux; Android 10; K) ${like} Chrome/131.0.0.0 Mobile Safari/537.36`],
    ['Chrome (iPad)', `Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) ${apple} CriOS/131.0 `
        + 'Mobile/15E148 Safari/604.1'],
    ['Chrome (ChromeOS)',
        `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${like} Chrome/131.0.0.0 Safari/537.36`],
    ['Samsung Internet (Android)', `Mozilla/5.0 (Linux; Android 10; K) ${like} `
        + 'SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36'],
    ['Edge (Windows)', `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${like} Chrome/131.0.0.0 `
        + 'Safari/537.36 Edg/131.0.0.0'],
    ['Opera (macOS)', `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${like} Chrome/131.0.0.0 `
        + 'Safari/537.36 OPR/116.0.0.0'],
    ['Safari (macOS)', `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Version/17.5 `
        + 'Safari/605.1.15'],
    ['Linux', 'Something/1.0 (Linux)'],
    [undefined, 'curl/8.5.0'],
    [undefined, ''],
];

for (const [name, agent] of agents) {
    test(`${name}: ${agent}`, () => assert.equal(clientName(agent), name));
}
