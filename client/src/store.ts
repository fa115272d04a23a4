import { atom } from 'nanostores';
import { callListener } from './listener.ts';

/** A value that changes: `get` reads it, `subscribe` hears it now and each time that it changes. */
export interface Store<Value> {
  get(): Value;
  /** Returns the function that ends the subscription. What a listener throws is reported. */
  subscribe(listener: (value: Value) => void): () => void;
}

/** A {@link Store} whose owner sets it. */
export interface WritableStore<Value> extends Store<Value> {
  set(value: Value): void;
}

/** Creates a store. */
export const createStore = <Value>(initial: Value): WritableStore<Value> => {
  const store = atom(initial);
  return {
    get: () => store.get(),
    set: (value) => store.set(value),
    subscribe: (listener) =>
      store.subscribe((value) => callListener(() => listener(value as Value))),
  };
};
