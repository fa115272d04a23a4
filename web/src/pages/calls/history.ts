import type { Answer } from 'aist-client/index';
import { useStore } from 'aist-client/preact';
import { useEffect, useState } from 'preact/hooks';
import { client } from '../../app/client.ts';
import { errorText } from '../../app/error-text.ts';
import { shownCall } from '../../app/live/calls.ts';
import { inbox } from '../../app/live/live.ts';

/** A call that was. */
export type PastCall = Answer<'listCalls'>['calls'][number];

/** How long after the end of a call the list has it, in milliseconds. */
const SETTLED_MS = 1_000;

interface Shown {
  readonly calls: readonly PastCall[] | undefined;
  readonly next: string | null;
  readonly error: string | undefined;
}

/** The history of calls, page by page; read anew when a call has ended. */
export const useHistory = () => {
  const [shown, show] = useState<Shown>({ calls: undefined, next: null, error: undefined });
  const [busy, setBusy] = useState(false);

  const load = async (before?: string): Promise<void> => {
    setBusy(true);
    const tried = await client.attempt('listCalls', before === undefined ? {} : { before });
    setBusy(false);
    if (!tried.ok) return show((was) => ({ ...was, error: errorText(tried.error) }));
    const { calls, next } = tried.answer;
    show((was) => ({
      calls: before === undefined ? calls : [...(was.calls ?? []), ...calls],
      next,
      error: undefined,
    }));
  };

  const shownNow = useStore(shownCall);
  useEffect(() => {
    void load();
    let timer: ReturnType<typeof setTimeout>;
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(() => void load(), SETTLED_MS);
    };
    const ends = [
      inbox.on('stopped', again),
      inbox.on('missed', again),
      inbox.on('welcome', again),
      shownNow?.state.subscribe(({ state }) => state === 'ended' && again()),
    ];
    return () => {
      clearTimeout(timer);
      for (const end of ends) end?.();
    };
  }, [shownNow]);

  const { calls, next, error } = shown;
  return {
    calls,
    error,
    busy,
    hasMore: next !== null,
    more: () => void (next !== null && load(next)),
    retry: () => void load(),
  };
};
