// The part of the page that is inside the document, and so always there: it says how loading goes,
// and asks again for a style sheet or script that has failed, until all are there. The loading
// screen goes then: app.js hides it, and later.js removes it. Its few sentences are here in all languages: nothing else has
// come yet.
(() => {
    const sentences = {
        en: {
            still: 'Still loading…', busy: 'The server is busy.', offline: 'You are offline.',
            soon: '{why} Still loading… trying again in a moment.', help: 'Load the page again',
            unreachable: 'The server cannot be reached.',
            newer: 'The server has a newer version of this page.',
            fault: 'This page has a fault, or needs a newer browser.',
            missing: 'A part of the page did not arrive.',
        },
        de: {
            still: 'Wird noch geladen …', busy: 'Der Server ist beschäftigt.',
            offline: 'Du bist offline.',
            soon: '{why} Wird noch geladen … gleich kommt ein neuer Versuch.',
            help: 'Seite neu laden', unreachable: 'Der Server ist nicht erreichbar.',
            newer: 'Der Server hat eine neuere Version dieser Seite.',
            fault: 'Diese Seite hat einen Fehler oder braucht einen neueren Browser.',
            missing: 'Ein Teil der Seite ist nicht angekommen.',
        },
        ar: {
            still: 'ما زال التحميل جاريًا…', busy: 'الخادم مشغول.',
            offline: 'أنت غير متصل بالشبكة.',
            soon: '{why} ما زال التحميل جاريًا… ستعاد المحاولة بعد لحظة.',
            help: 'أعد تحميل الصفحة', unreachable: 'تعذّر الوصول إلى الخادم.',
            newer: 'لدى الخادم نسخة أحدث من هذه الصفحة.',
            fault: 'في هذه الصفحة خلل، أو تحتاج إلى متصفح أحدث.',
            missing: 'لم يصل جزء من الصفحة.',
        },
    };
    const second = 1000;
    const patience = 20 * second; // for a part that neither comes nor fails
    const reloadedKey = 'roost.reloaded';
    let attempt = 0;

    // The same choice as in language.js, which takes the file that begins to load here.
    let chosen = '';
    try {
        chosen = JSON.parse(localStorage.getItem('roost.language'));
    } catch {
        // Without storage nobody has chosen.
    }
    const wanted = [chosen ?? '', ...navigator.languages];
    const language = wanted.map((tag) => String(tag).toLowerCase().split('-')[0])
        .find((tag) => Object.hasOwn(sentences, tag)) ?? 'en';
    const words = sentences[language];
    document.documentElement.lang = language;
    document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
    const texts = document.querySelector(`link[hreflang="${language}"]`);
    try {
        // Somebody who has been in: the second script is needed at once.
        const later = sessionStorage.getItem('roost.tab') && document.getElementById('later');
        if (later) Object.assign(later, { as: 'script', rel: 'preload' });
    } catch {
        // It comes after the first.
    }
    if (texts) Object.assign(texts, { as: 'fetch', crossOrigin: 'anonymous', rel: 'preload' });

    const screen = () => document.getElementById('loading');
    // A part may fail before the parser has come to the loading screen.
    const isParsing = () => document.readyState === 'loading';
    const isLoading = () => isParsing() || screen();
    const isPart = (node) => ['page-style', 'page-script', 'page-later'].includes(node.id);
    const addressOf = (part) => part.href || part.src;
    // The server's own, and not the page that a proxy shows without it.
    const isSentence = (answer) => answer.headers.get('Content-Type')?.startsWith('text/plain');

    function say(sentence) {
        const place = document.getElementById('loading-words');
        if (!place) {
            if (isParsing()) setTimeout(() => say(sentence), 100);
            return;
        }
        place.textContent = sentence;
        const help = document.getElementById('loading-help');
        help.textContent = words.help;
        help.hidden = false;
    }

    function waitFor(part, why) {
        attempt += 1;
        const ceiling = Math.min(30, 2 ** attempt);
        say(words.soon.replace('{why}', why));
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
            else waitFor(part, isSentence(answer) ? text.trim() : words.busy);
        } catch {
            waitFor(part, navigator.onLine ? words.unreachable : words.offline);
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
        else waitFor(part, words.newer);
    }

    addEventListener('error', ({ target }) => {
        if (target === window && isLoading()) {
            say(words.fault);
        }
        if (target === window || !isPart(target)) return;
        target.remove();
        if (isLoading()) waitFor(target, words.missing);
    }, true);

    setTimeout(() => attempt || say(words.still), 4 * second);
    setTimeout(() => {
        // Another copy of the script does no harm: it finds that the page has started.
        if (screen()) [...document.head.children].filter(isPart).forEach((part) => {
            if (part.localName === 'script' || !part.sheet) askFor(part);
        });
    }, patience);
})();
