import type { ShownQr } from 'aist-client/qr';
import { showQr } from 'aist-client/qr';
import { client } from '../src/app/client.ts';
import { byId, say, show } from './dom.ts';

/** An image of the code, drawn by the server, so that no script for it is loaded. */
const imageOf = (code: string): HTMLImageElement => {
  const image = new Image();
  image.src = `/api/auth/qr/image?code=${encodeURIComponent(code)}`;
  image.alt = say('qrAlt', { code });
  return image;
};

const textOf = (text: string): HTMLElement => {
  const element = document.createElement('p');
  element.textContent = text;
  return element;
};

/** What stands in the box for each state of the code. */
const contentOf = (shown: ShownQr, again: () => void): readonly HTMLElement[] => {
  switch (shown.state) {
    case 'shown':
      return [imageOf(shown.code)];
    case 'denied': {
      const button = document.createElement('button');
      button.className = 'button';
      button.textContent = say('qrAgain');
      button.addEventListener('click', again);
      return [textOf(say('qrDenied')), button];
    }
    case 'failed':
      return [textOf(say('qrFailed', { why: shown.message }))];
    default:
      return [];
  }
};

/** Shows a QR code that signs this device in, and renews it; returns what ends that. */
export const startQr = (): { show(): void; end(): void } => {
  const { state, again, dispose } = showQr(client);
  const showState = (): void => {
    const shown = state.get();
    const box = byId('qr-box');
    box.dataset['state'] = shown.state;
    box.replaceChildren(...contentOf(shown, again));
    const code = shown.state === 'shown' ? shown.code : '';
    show('qr-typed', code ? say('qrTyped', { code }) : undefined);
  };
  state.subscribe(showState);
  return { show: showState, end: dispose };
};
