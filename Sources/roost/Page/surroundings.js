// What a browser says about the network and about the page. Elsewhere, in Node or in a worker,
// nothing is said: the network counts as there, and the page as looked at.

export const isOnline = () => globalThis.navigator?.onLine !== false;
export const isShown = () => !globalThis.document?.hidden;

// Calls `lookAgain` when the network or the reader has come back, and `wentOffline`. Returns a
// function that ends this.
export function watchSurroundings(lookAgain, wentOffline) {
    if (!globalThis.addEventListener) return () => {};
    const page = globalThis.document;
    const shown = () => {
        if (isShown()) lookAgain();
    };
    addEventListener('online', lookAgain);
    addEventListener('offline', wentOffline);
    addEventListener('pageshow', lookAgain);
    page?.addEventListener('visibilitychange', shown);
    return () => {
        removeEventListener('online', lookAgain);
        removeEventListener('offline', wentOffline);
        removeEventListener('pageshow', lookAgain);
        page?.removeEventListener('visibilitychange', shown);
    };
}
