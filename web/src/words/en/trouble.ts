import type { trouble as russian } from '../ru/trouble.ts';

/** What goes wrong with devices, in English. */
export const trouble: typeof russian = {
  denied: { microphone: 'No access to the microphone', camera: 'No access to the camera' },
  missing: { microphone: 'No microphone was found', camera: 'No camera was found' },
  in_use: {
    microphone: 'Another program uses the microphone',
    camera: 'Another program uses the camera',
  },
  ended: { microphone: 'The microphone was unplugged', camera: 'The camera was unplugged' },
  failed: { microphone: 'The microphone does not work', camera: 'The camera does not work' },
  missingText: 'Plug one in: the call takes it by itself.',
  in_useText: 'Close the program that uses it, and try again.',
  endedText: 'Plug it in again: the call takes it by itself.',
  failedText: 'Plug it in anew, and try again.',
  how: 'How to allow it',
  again: 'Try again',
  allow: {
    chrome:
      'Press the icon left of the address, open the permissions of the site, and turn microphone ' +
      'and camera on. Then come back and try again.',
    firefox:
      'Press the crossed-out microphone or camera left of the address, and take the block away. ' +
      'Then try again.',
    safari: 'Open the Safari menu, “Settings for This Website”, and allow microphone and camera.',
    iphone:
      'Open the Settings of the phone, find the browser there, and turn microphone and camera ' +
      'on. In Safari you can also press “aA” left of the address, and open the website settings.',
    android:
      'Press the icon left of the address, then Permissions, and turn microphone and camera on. ' +
      'If they are not there, allow them to the browser in the settings of the phone.',
  },
  locked: 'The browser does not start sound by itself',
  hear: 'Click to hear',
  echo: 'Test the sound',
  echoSay: 'Say something: it is recorded for three seconds.',
  echoPlay: 'You hear what was recorded.',
  echoDone: 'If you heard yourself, microphone and speaker work.',
  echoSilent: 'We heard nothing. Choose another microphone, or see whether it is switched off.',
  notSupported: 'This browser cannot do that',
};
