import { signInWithLink } from 'aist-client/sign-in';
import { client } from '../src/app/client.ts';
import { chooseLanguage, chooseTheme, currentLanguage, isDark } from '../src/app/preferences.ts';
import { byId, say, show, translate } from './dom.ts';
import { showStep, startForms } from './form.ts';
import { startQr } from './qr.ts';

/** Where the QR code is beside the form; a phone is what reads codes. */
const wide = matchMedia('(min-width: 820px)');

let started = false;
let qr: { show(): void; end(): void } | undefined;

/** Shows a QR code where there is room, once the form is there. */
const offerQr = (): void => {
  // A window may become wide when the app has taken the place of this page.
  if (wide.matches && !started) qr ??= startQr();
};

/** Says why somebody who was here has to sign in again. */
const showNotice = (): void => {
  if (started) return;
  const session = client.session.get();
  const why = session.state === 'signed_out' ? session.why : undefined;
  const text = why === 'revoked' || why === 'expired' ? say(why) : undefined;
  show('notice', navigator.onLine ? text : say('offline'));
};

const showWords = (): void => {
  translate();
  byId('other-theme').textContent = say(isDark() ? 'light' : 'dark');
  showStep();
  showNotice();
  qr?.show();
};

const bindChoices = (): void => {
  byId('other-language').addEventListener('click', () => {
    chooseLanguage(currentLanguage() === 'ru' ? 'en' : 'ru');
    showWords();
  });
  byId('other-theme').addEventListener('click', () => {
    chooseTheme(isDark() ? 'light' : 'dark');
    showWords();
  });
  for (const event of ['online', 'offline']) addEventListener(event, showNotice);
};

/** Signs in by the link that came in place of a code: /sign-in#token. */
const useLink = async (): Promise<void> => {
  const token = location.hash.slice(1);
  if (location.pathname !== '/sign-in') return;
  history.replaceState(null, '', '/');
  if (token === '') return;
  show('notice', say('linkBusy'));
  await signInWithLink(client, token).catch((error: Error) => show('notice', error.message));
};

/** Loads the app in place of this page. */
const startApp = async (): Promise<void> => {
  if (started) return;
  started = true;
  qr?.end();
  endForms();
  const { renderApp } = await import('../src/main.tsx');
  byId('sign-in').remove();
  renderApp(byId('app'));
};

/** Shows this page, to somebody who is not signed in. */
const startPage = (): void => {
  if (started) return;
  delete document.documentElement.dataset['session'];
  showNotice();
  offerQr();
};

bindChoices();
const endForms = startForms();
showWords();
wide.addEventListener('change', () => offerQr());
client.session.subscribe(({ state }) => {
  if (state === 'signed_in') void startApp();
  else if (state === 'signed_out') startPage();
});
void useLink();
