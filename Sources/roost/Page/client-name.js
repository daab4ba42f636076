// What this browser is called in the user's list of sessions, in words that every language knows:
// "Firefox (Linux)". Browsers have each other's names in their own, so the first match counts.

const browsers = [
    ['Edge', /Edg/], ['Opera', /OPR/], ['Samsung Internet', /SamsungBrowser/],
    ['Firefox', /Firefox|FxiOS/], ['Chrome', /Chrome|CriOS/], ['Safari', /Safari/],
];
const systems = [
    ['Android', /Android/], ['iPhone', /iPhone/], ['iPad', /iPad/], ['Windows', /Windows/],
    ['ChromeOS', /CrOS/], ['macOS', /Mac OS X/], ['Linux', /Linux/],
];

export function clientName(agent = navigator.userAgent) {
    const called = (list) => list.find(([, pattern]) => pattern.test(agent))?.[0];
    const [browser, system] = [called(browsers), called(systems)];
    if (!browser) return system;
    return system ? `${browser} (${system})` : browser;
}
