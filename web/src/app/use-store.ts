import type { Signal } from '@preact/signals';
import { signal } from '@preact/signals';
import type { Store } from 'aist-client/index';

const signals = new WeakMap<Store<unknown>, Signal<unknown>>();

/**
 * A store of the client as a signal: components that read it are drawn anew when it changes. The
 * same store gives the same signal.
 */
export const signalOf = <Value>(store: Store<Value>): Signal<Value> => {
  const known = signals.get(store);
  if (known) return known as Signal<Value>;
  const made = signal(store.get());
  signals.set(store, made);
  store.subscribe((value) => {
    made.value = value;
  });
  return made;
};
