import type { SignInError, SignInStep } from 'aist-client/sign-in';
import { signIn } from 'aist-client/sign-in';
import { client } from '../src/app/client.ts';
import { currentLanguage } from '../src/app/preferences.ts';
import { byId, say, show } from './dom.ts';

/** How many wrong guesses kill a code by default [A7]; the server alone counts what matters. */
const TRIES = 5;

const { step, phone, code, again, back } = signIn(client);

/** Wrong codes since the last one was sent. */
let wrong = 0;
/** When the code that was sent last ends. */
let expiresAt = 0;

/** A time of day, as people of the language write it. */
const timeOf = (at: number): string =>
  new Intl.DateTimeFormat(currentLanguage(), { timeStyle: 'short' }).format(at);

/** The minutes and seconds until a time, like 0:42. */
const countdown = (until: number): string => {
  const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

const explain = (error: SignInError | undefined): string | undefined => {
  if (!error) return undefined;
  const { code, message, retryAt } = error;
  // This sentence says by itself how long to wait.
  const isSaid = retryAt === undefined || code === 'too_many_requests';
  return isSaid ? message : `${message}. ${say('until', { time: timeOf(retryAt) })}`;
};

const showPhone = (shown: Extract<SignInStep, { step: 'phone' }>): void => {
  show('phone-error', explain(shown.error));
  byId('phone').setAttribute('aria-invalid', String(shown.error?.code === 'invalid_phone'));
};

const triesLeft = (): string | undefined => {
  if (wrong === 0) return undefined;
  return wrong >= TRIES ? say('noTries') : say('tries', { n: TRIES - wrong });
};

const showCode = (shown: Extract<SignInStep, { step: 'code' }>): void => {
  const now = Date.now();
  byId('sent').textContent = say('codeSent', { number: shown.masked });
  show('code-error', shown.expiresAt <= now ? say('over') : explain(shown.error));
  show('tries', triesLeft());
  byId('code').setAttribute('aria-invalid', String(shown.error !== undefined));
  const button = byId<HTMLButtonElement>('again');
  button.disabled = shown.resendAt > now;
  button.textContent = button.disabled
    ? say('againIn', { time: countdown(shown.resendAt) })
    : say('again');
  const bot = byId<HTMLAnchorElement>('bot');
  bot.hidden = shown.botUrl === undefined;
  if (shown.botUrl !== undefined) bot.href = shown.botUrl;
};

let last: SignInStep['step'] = 'phone';

/** Shows the step as it stands; called again with every second, for what counts down. */
export const showStep = (): void => {
  const shown = step.get();
  if (shown.step === 'done') return;
  byId('phone-form').hidden = shown.step !== 'phone';
  byId('code-form').hidden = shown.step !== 'code';
  for (const button of document.querySelectorAll<HTMLButtonElement>('.card [type="submit"]'))
    button.setAttribute('aria-disabled', String(shown.busy));
  if (shown.step === 'phone') showPhone(shown);
  else showCode(shown);
  if (last !== shown.step) byId(shown.step).focus();
  last = shown.step;
};

/** Whether a text has the digits of a code: nothing else is compared, and counts as a try [A8]. */
const isWhole = (text: string): boolean => /^\D*(?:\d\D*){6}$/.test(text);

const enter = async (): Promise<void> => {
  const field = byId<HTMLInputElement>('code');
  const { value } = field;
  await code(value);
  const shown = step.get();
  if (shown.step !== 'code' || shown.busy) return;
  if (shown.error?.code === 'wrong_code' && isWhole(value)) wrong += 1;
  showStep();
  field.select();
};

/** Makes the forms of signing in work; returns what ends that. */
export const startForms = (): (() => void) => {
  byId('phone-form').addEventListener('submit', (event) => {
    event.preventDefault();
    void phone(byId<HTMLInputElement>('phone').value);
  });
  byId('code-form').addEventListener('submit', (event) => {
    event.preventDefault();
    void enter();
  });
  byId('code').addEventListener('input', () => {
    if (isWhole(byId<HTMLInputElement>('code').value)) void enter();
  });
  byId('again').addEventListener('click', () => void again());
  byId('change').addEventListener('click', back);
  const leave = step.subscribe((shown) => {
    // A new code has all its tries.
    if (shown.step !== 'code' || shown.expiresAt !== expiresAt) wrong = 0;
    expiresAt = shown.step === 'code' ? shown.expiresAt : 0;
    showStep();
  });
  const timer = setInterval(showStep, 1_000);
  return () => {
    leave();
    clearInterval(timer);
  };
};
