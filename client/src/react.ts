import { useCallback, useSyncExternalStore } from 'react';
import type { Store } from './store.ts';

/**
 * Reads a store in a component of React, which is rendered again when the store changes; all
 * components of a page see the same value.
 *
 * @example
 * const session = useStore(client.session);
 */
export const useStore = <Value>(store: Store<Value>): Value => {
  const subscribe = useCallback((onChange: () => void) => store.subscribe(onChange), [store]);
  const read = (): Value => store.get();
  return useSyncExternalStore(subscribe, read, read);
};
