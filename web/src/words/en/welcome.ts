import type { welcome as russian } from '../ru/welcome.ts';

/** The first steps, in English. */
export const welcome: typeof russian = {
  title: 'Welcome',
  lead: 'What is your name? Those you write to and call will see it.',
  next: 'Next',
  later: 'Later',
  allowTitle: 'To call and to answer',
  allowLead: 'The browser asks about each of these. You can change your mind later.',
  microphone: 'Microphone',
  microphoneText: 'So that you are heard. It is on during calls alone.',
  camera: 'Camera',
  cameraText: 'For video calls and QR codes. You switch it on.',
  notifications: 'Notifications',
  notificationsText: 'So that you miss no call while AIST is closed.',
  allow: 'Allow',
  allowed: 'Allowed',
  denied: 'Forbidden in the browser. To change it: the sign left of the page’s address.',
  done: 'Done',
};
