import type { Client } from './client.ts';
import { isAistError } from './error.ts';
import type { Answer } from './request.ts';
import type { Store } from './store.ts';
import { createStore } from './store.ts';

/** A QR code that signs this device in, as it stands. */
export type ShownQr =
  | { readonly state: 'starting' }
  | {
      readonly state: 'shown';
      readonly url: string;
      readonly code: string;
      readonly expiresAt: number;
    }
  /** The person at the phone refused. */
  | { readonly state: 'denied' }
  /** The server cannot be reached, or says no; `retryAt` when it is asked again by itself. */
  | { readonly state: 'failed'; readonly message: string; readonly retryAt: number | undefined }
  | { readonly state: 'done' };

/** A QR code that renews itself until somebody confirms it, or it is disposed of. */
export interface QrSignIn {
  readonly state: Store<ShownQr>;
  /** Begins again after a refusal. */
  again(): void;
  dispose(): void;
}

/** How long before its end a code is replaced, in milliseconds. */
const RENEW_MS = 5_000;

/** How long to wait after a failure that says nothing else, in milliseconds. */
const FAILED_MS = 5_000;

/** Shows a QR code. */
export const showQr = (client: Client): QrSignIn => {
  const { clock } = client;
  const state = createStore<ShownQr>({ state: 'starting' });
  let run = new AbortController();

  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const end = () => {
        clock.clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = clock.setTimeout(end, ms);
      signal.addEventListener('abort', end);
    });

  /** Shows one code until it is used, refused, or nearly over; says whether another is needed. */
  const showOne = async (signal: AbortSignal): Promise<boolean> => {
    const { url, code, ttlSeconds, pollToken, intervalSeconds } = await client.request(
      'requestQr',
      undefined,
      { signal },
    );
    signal.throwIfAborted();
    const expiresAt = clock.now() + ttlSeconds * 1_000;
    state.set({ state: 'shown', url, code, expiresAt });
    let pause = intervalSeconds * 1_000;
    while (clock.now() < expiresAt - RENEW_MS && !signal.aborted) {
      const headers = { 'X-Poll-Token': pollToken };
      const answer = await client.request('checkQr', {}, { signal, headers });
      signal.throwIfAborted();
      if (answer.status === 'ready') {
        await client.signIn(answer.token);
        state.set({ state: 'done' });
        return false;
      }
      if (answer.status === 'denied') {
        state.set({ state: 'denied' });
        return false;
      }
      if (answer.status === 'expired') return true;
      if (answer.status === 'slow_down') pause = answer.intervalSeconds * 1_000;
      await sleep(pause, signal);
    }
    return true;
  };

  const show = async ({ signal }: AbortController): Promise<void> => {
    for (let needed = true; needed && !signal.aborted; ) {
      try {
        needed = await showOne(signal);
      } catch (error) {
        if (signal.aborted) return;
        const retryAt = isAistError(error)
          ? (error.retryAt ?? clock.now() + FAILED_MS)
          : clock.now() + FAILED_MS;
        const message = error instanceof Error ? error.message : String(error);
        state.set({ state: 'failed', message, retryAt });
        await sleep(retryAt - clock.now(), signal);
      }
    }
  };

  void show(run);
  return {
    state,
    again: () => {
      run.abort();
      run = new AbortController();
      state.set({ state: 'starting' });
      void show(run);
    },
    dispose: () => run.abort(),
  };
};

/** What shows a code: "" for what is not known. */
export type AboutQr = Omit<Answer<'qrInfo'>, 'ok'>;

/** What is known of a code that was read, and what to do with it. */
export interface ReadQr {
  readonly code: string;
  /** What shows the code, where, and since when: to be seen before it is confirmed. */
  about(): Promise<AboutQr>;
  /** Signs the other device in. */
  confirm(): Promise<void>;
  /** Refuses it: somebody else may have made it. */
  deny(): Promise<void>;
}

/** Reads the text of a QR code, or a code that was typed; undefined when it is neither. */
export const readQr = (client: Client, text: string): ReadQr | undefined => {
  const fromUrl = URL.canParse(text) ? new URL(text).searchParams.get('code') : text;
  const code = (fromUrl ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');
  if (!/^[A-HJ-NP-Z2-9]{6}$/.test(code)) return undefined;
  return {
    code,
    about: async () => {
      const { ok: _, ...about } = await client.request('qrInfo', { code });
      return about;
    },
    confirm: async () => void (await client.request('confirmQr', { code })),
    deny: async () => void (await client.request('denyQr', { code })),
  };
};
