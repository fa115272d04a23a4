import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Store } from './store.ts';

/**
 * Reads a store in a component of Preact, which is rendered again when the store changes.
 *
 * @example
 * const session = useStore(client.session);
 */
export const useStore = <Value>(store: Store<Value>): Value => {
  const value = store.get();
  const shown = useRef(value);
  const [, render] = useReducer((count: number, _: undefined) => count + 1, 0);
  useLayoutEffect(() => {
    shown.current = value;
  });
  useEffect(() => {
    // A store says its value at once: what has changed since the component was rendered is seen.
    const end = store.subscribe((now) => {
      if (!Object.is(now, shown.current)) render(undefined);
    });
    return end;
  }, [store]);
  return value;
};
