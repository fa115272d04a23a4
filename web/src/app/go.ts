/** Opens a page of the app from outside of components. */
export const goTo = (path: string, { replace = false }: { replace?: boolean } = {}): void => {
  if (path === location.pathname + location.search) return;
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  // The router of the app listens to it.
  dispatchEvent(new PopStateEvent('popstate'));
};
