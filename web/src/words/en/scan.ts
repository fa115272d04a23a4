import type { scan as russian } from '../ru/scan.ts';

/** Reading a QR code that signs another device in, in English. */
export const scan: typeof russian = {
  title: 'Sign in on another device',
  point: 'Open AIST on the computer and point the camera at the QR code.',
  start: 'Switch the camera on',
  why: 'The browser asks for the camera. It is needed only while this page is open.',
  denied: 'There is no camera. Type the six characters that stand below the code.',
  torch: 'Torch',
  typed: 'Or type the code',
  typedHint: 'Six characters below the QR code',
  next: 'Next',
  notACode: 'This is no code of AIST',
  confirmTitle: 'Is this you?',
  confirmText: 'This device will get your chats and calls:',
  what: 'Device',
  where: 'Place',
  when: 'Code shown',
  unknown: 'unknown',
  confirm: 'Yes, it is me',
  deny: 'It is not me',
  warning: 'If somebody else sent you the code, this gives them all you have written.',
  done: 'Signed in',
  doneText: 'The device is in the list: “Settings” → “Devices”.',
  refused: 'Refused',
  refusedText: 'That device was not signed in. Who asked you for the code wanted to deceive you.',
  another: 'Read another code',
};
