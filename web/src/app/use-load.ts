import { isAistError } from 'aist-client/index';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** What is being loaded, as it stands. */
export type Loaded<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly why: string }
  | { readonly state: 'ready'; readonly value: Value };

/**
 * Loads what a screen shows, once it is drawn and each time that something in `inputs` changes.
 * `change` puts another value in place at once; `reload` asks again. Of answers that overtake each
 * other the last one asked for counts.
 */
export const useLoad = <Value>(load: () => Promise<Value>, inputs: readonly unknown[] = []) => {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ state: 'loading' });
  const turn = useRef(0);
  const reload = useCallback(async () => {
    turn.current += 1;
    const mine = turn.current;
    try {
      const value = await load();
      if (mine === turn.current) setLoaded({ state: 'ready', value });
    } catch (error) {
      if (!isAistError(error)) throw error;
      if (mine === turn.current) setLoaded({ state: 'failed', why: error.message });
    }
  }, inputs);
  useEffect(() => {
    void reload();
    return () => {
      turn.current += 1;
    };
  }, [reload]);
  const change = (value: Value): void => setLoaded({ state: 'ready', value });
  return { loaded, reload, change };
};
