import { callListener } from './listener.ts';

/** A value that changes: `get` reads it, `subscribe` hears it now and each time that it changes. */
export interface Store<Value> {
  get(): Value;
  /** Returns the function that ends the subscription. What a listener throws is reported. */
  subscribe(listener: (value: Value) => void): () => void;
}

/** A {@link Store} whose owner sets it. */
export interface WritableStore<Value> extends Store<Value> {
  /** Sets the value; the one that is there already tells nobody. */
  set(value: Value): void;
}

/**
 * Creates a store, for what an app keeps beside the client: `useStore` reads it as those of the
 * client.
 *
 * @example
 * const theme = createStore<'light' | 'dark'>('light');
 */
export const createStore = <Value>(initial: Value): WritableStore<Value> => {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      // A listener may end others, and may set the store: who comes after it hears what is so then.
      for (const tell of [...listeners]) if (listeners.has(tell)) tell();
    },
    subscribe: (listener) => {
      const tell = () => callListener(() => listener(value));
      listeners.add(tell);
      tell();
      return () => void listeners.delete(tell);
    },
  };
};

/** Whether two lists have the very same items. */
export const isSameList = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index]);

/** Sets a store of a list, unless it has the very same items. */
export const setList = <Item>(
  store: WritableStore<readonly Item[]> | WritableStore<readonly Item[] | undefined>,
  list: readonly Item[],
): void => {
  const before = store.get();
  if (!before || !isSameList(before, list)) store.set(list);
};
