// The part of the page that is inside the document, and so always there: it says how loading goes,
// and asks again for a style sheet or script that has failed, until both are there. app.js removes
// the loading screen then.
(() => {
    const second = 1000;
    const patience = 20 * second; // for a part that neither comes nor fails
    const reloadedKey = 'roost.reloaded';
    let attempt = 0;

    const screen = () => document.getElementById('loading');
    // A part may fail before the parser has come to the loading screen.
    const isParsing = () => document.readyState === 'loading';
    const isLoading = () => isParsing() || screen();
    const isPart = (node) => node.id === 'page-style' || node.id === 'page-script';
    const addressOf = (part) => part.href || part.src;
    // The server's own, and not the page that a proxy shows without it.
    const isSentence = (answer) => answer.headers.get('Content-Type')?.startsWith('text/plain');

    function say(sentence) {
        const words = document.getElementById('loading-words');
        if (!words) {
            if (isParsing()) setTimeout(() => say(sentence), 100);
            return;
        }
        words.textContent = sentence;
        document.getElementById('loading-help').hidden = false;
    }

    function waitFor(part, why) {
        attempt += 1;
        const ceiling = Math.min(30, 2 ** attempt);
        say(`${why} Still loading… trying again in a moment.`);
        setTimeout(() => askFor(part), (ceiling / 2 + (Math.random() * ceiling) / 2) * second);
    }

    // Asks by itself first: an element that fails does not say why.
    async function askFor(part) {
        if (!isLoading()) return;
        try {
            const answer = await fetch(addressOf(part), { signal: AbortSignal.timeout(patience) });
            const text = await answer.text();
            if (answer.ok) put(part);
            else if (answer.status === 404) reload(part);
            else waitFor(part, isSentence(answer) ? text.trim() : 'The server is busy.');
        } catch {
            waitFor(part, navigator.onLine ? 'The server cannot be reached.' : 'You are offline.');
        }
    }

    // The answer that was just fetched is in the browser's cache.
    function put(part) {
        const fresh = document.createElement(part.localName);
        for (const { name, value } of part.attributes) fresh.setAttribute(name, value);
        document.getElementById(part.id)?.remove();
        document.head.append(fresh);
    }

    // The server has parts of another version: the document is from before an upgrade. Once a
    // minute at most, in case that something between us and the server keeps the old document.
    function reload(part) {
        let last = 0;
        try {
            last = Number(sessionStorage.getItem(reloadedKey));
            sessionStorage.setItem(reloadedKey, String(Date.now()));
        } catch {
            last = Date.now(); // without storage nothing would stop the reloading
        }
        if (Date.now() - last > 60 * second) location.reload();
        else waitFor(part, 'The server has a newer version of this page.');
    }

    addEventListener('error', ({ target }) => {
        if (target === window && isLoading()) {
            say('This page has a fault, or needs a newer browser.');
        }
        if (target === window || !isPart(target)) return;
        target.remove();
        if (isLoading()) waitFor(target, 'A part of the page did not arrive.');
    }, true);

    setTimeout(() => attempt || say('Still loading…'), 4 * second);
    setTimeout(() => {
        // Another copy of the script does no harm: it finds that the page has started.
        if (screen()) [...document.head.children].filter(isPart).forEach((part) => {
            if (part.localName === 'script' || !part.sheet) askFor(part);
        });
    }, patience);
})();
