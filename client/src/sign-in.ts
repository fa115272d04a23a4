import type { Client } from './client.ts';
import type { AistError, ErrorCode, NetworkCode } from './error.ts';

import type { Store } from './store.ts';
import { createStore } from './store.ts';

/** What went wrong, for the step that shows it. */
export type SignInError = AistError<ErrorCode<'requestCode' | 'verifyCode'> | NetworkCode>;

/** Where a sign-in stands. */
export type SignInStep =
  | { readonly step: 'phone'; readonly busy: boolean; readonly error?: SignInError | undefined }
  | {
      readonly step: 'code';
      readonly busy: boolean;
      /** The number as the person may see it: +799***67. */
      readonly masked: string;
      /** When another code may be asked for, in milliseconds by this device's clock. */
      readonly resendAt: number;
      readonly expiresAt: number;
      /** Where the number is linked to Telegram, if no code comes. */
      readonly botUrl?: string | undefined;
      readonly error?: SignInError | undefined;
      /** Of a local server alone. */
      readonly debugCode?: string | undefined;
    }
  | { readonly step: 'done' };

/** A sign-in by a code that arrives in Telegram. Its promises never reject: the step has errors. */
export interface SignIn {
  readonly step: Store<SignInStep>;
  /** Asks for a code for a number, in any spelling. */
  phone(phone: string): Promise<void>;
  /** Signs in with the code, as typed or pasted. */
  code(code: string): Promise<void>;
  /** Asks for another code, once `resendAt` has come. */
  again(): Promise<void>;
  /** Goes back to the number. */
  back(): void;
}

/** How long the server lets wait for another code at first, in milliseconds. */
const FIRST_GAP_MS = 60_000;

/** Begins to sign in. */
export const signIn = (client: Client): SignIn => {
  const step = createStore<SignInStep>({ step: 'phone', busy: false });
  let number = '';
  let requestId: string | undefined;
  /** Grows with each step back: what an older request answers does not count any more. */
  let turn = 0;

  const show = (shown: SignInStep, mine: number): void => {
    if (mine === turn) step.set(shown);
  };

  const ask = async (before: SignInStep): Promise<void> => {
    if (before.step === 'done' || before.busy) return;
    const mine = turn;
    show({ ...before, busy: true, error: undefined }, mine);
    const asked = await client.attempt('requestCode', { phone: number });
    const now = client.clock.now();
    if (asked.ok) {
      const { masked, ttlSeconds, botUrl, debugCode } = asked.answer;
      requestId = asked.answer.requestId;
      const expiresAt = now + ttlSeconds * 1_000;
      const resendAt = now + FIRST_GAP_MS;
      const shown = { masked, expiresAt, resendAt, botUrl, debugCode };
      show({ step: 'code', busy: false, ...shown }, mine);
    } else if (before.step === 'code') {
      const resendAt = asked.error.retryAt ?? before.resendAt;
      show({ ...before, busy: false, resendAt, error: asked.error }, mine);
    } else show({ step: 'phone', busy: false, error: asked.error }, mine);
  };

  return {
    step,
    phone: (phone) => {
      number = phone;
      const before = step.get();
      return ask(before.step === 'done' ? before : { step: 'phone', busy: before.busy });
    },
    again: async () => {
      const before = step.get();
      if (before.step === 'code') await ask(before);
    },
    code: async (code) => {
      const before = step.get();
      if (before.step !== 'code' || before.busy) return;
      const mine = turn;
      show({ ...before, busy: true, error: undefined }, mine);
      const given = { phone: number, code, ...(requestId !== undefined && { requestId }) };
      const verified = await client.attempt('verifyCode', given);
      if (!verified.ok) {
        show({ ...before, busy: false, error: verified.error }, mine);
        return;
      }
      if (mine !== turn) return;
      await client.signIn(verified.answer.token);
      show({ step: 'done' }, mine);
    },
    back: () => {
      turn += 1;
      requestId = undefined;
      if (step.get().step !== 'done') step.set({ step: 'phone', busy: false });
    },
  };
};

/** Signs in with the token of the link that came in place of a code. */
export const signInWithLink = async (client: Client, token: string): Promise<void> => {
  const { token: session } = await client.request('verifyLink', { token });
  await client.signIn(session);
};
