/** What happens to the page that a client runs in. */
export interface PageListeners {
  /** The page is looked at, or has a network again: connections may have died meanwhile. */
  readonly wake: () => void;
  readonly offline: () => void;
  /** The browser is about to stop the page, or to leave it. */
  readonly sleep?: () => void;
  /** The page is not looked at any more. */
  readonly hide?: () => void;
}

/** The parts of a window that are listened to; tests give their own. */
export interface PageEvents {
  readonly window: EventTarget;
  readonly document: EventTarget & { readonly visibilityState?: string };
  readonly isOnline: () => boolean;
}

/** The page of this window; undefined where there is none. */
export const ownPage = (): PageEvents | undefined => {
  const { document, window } = globalThis;
  if (!document || !window) return undefined;
  return { window, document, isOnline: () => navigator.onLine !== false };
};

/** Listens to a page; returns the function that ends it. */
export const listenToPage = (page: PageEvents | undefined, on: PageListeners): (() => void) => {
  if (!page) return () => undefined;
  const wake = () => (page.isOnline() ? on.wake() : on.offline());
  const look = () => (page.document.visibilityState === 'hidden' ? on.hide?.() : wake());
  const listened: readonly [EventTarget, string, () => void][] = [
    [page.window, 'online', on.wake],
    [page.window, 'offline', on.offline],
    [page.window, 'pageshow', wake],
    [page.window, 'pagehide', () => on.sleep?.()],
    [page.document, 'visibilitychange', look],
    [page.document, 'freeze', () => on.sleep?.()],
    [page.document, 'resume', wake],
  ];
  for (const [target, name, listener] of listened) target.addEventListener(name, listener);
  return () => {
    for (const [target, name, listener] of listened) target.removeEventListener(name, listener);
  };
};
