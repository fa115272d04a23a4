import type { Call } from 'aist-client/call';

/** What a tab keeps of its call, to come back to it when the page is loaded anew. */
interface Kept {
  readonly call: string;
  readonly microphone: boolean;
  readonly camera: boolean;
}

const KEY = 'aist.call';

const lockOf = (call: string): string => `aist.call.${call}`;

const keep = (kept: Kept | undefined): void => {
  try {
    if (kept) sessionStorage.setItem(KEY, JSON.stringify(kept));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Without a storage a page that is loaded anew offers the call instead of taking it.
  }
};

/** The call that this tab had, if it had one. */
export const keptCall = (): Kept | undefined => {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof kept?.call !== 'string') return undefined;
    return { call: kept.call, microphone: kept.microphone !== false, camera: kept.camera === true };
  } catch {
    return undefined;
  }
};

/** Whether another tab of this browser has a call. */
export const isHeldElsewhere = async (call: string): Promise<boolean> => {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some(({ name }) => name === lockOf(call));
};

/**
 * Lets the other tabs know that this one has a call, as long as it lasts, and remembers it for when
 * the page is loaded anew.
 */
export const holdCall = (call: Call): void => {
  let letGo: (() => void) | undefined;
  const hold = (id: string): void => {
    if (letGo) return;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    navigator.locks?.request(lockOf(id), { steal: true }, () => held).catch(() => undefined);
  };
  const remember = (): void => {
    const id = call.id.get();
    if (id === undefined || call.state.get().state === 'ended') return;
    hold(id);
    const { microphone, camera } = call.me.get();
    keep({ call: id, microphone: microphone.on, camera: camera.on });
  };
  const ends = [call.id.subscribe(remember), call.me.subscribe(remember)];
  const end = call.state.subscribe(({ state }) => {
    if (state !== 'ended') return;
    for (const one of ends) one();
    queueMicrotask(() => end());
    letGo?.();
    if (keptCall()?.call === call.id.get()) keep(undefined);
  });
};
