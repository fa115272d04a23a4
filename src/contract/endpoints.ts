import * as auth from './auth.ts';
import type { Endpoint } from './endpoint.ts';
import * as health from './health.ts';
import * as profile from './profile.ts';
import * as telegram from './telegram.ts';

/** Every endpoint of the API, in the order of the documentation. */
export const ENDPOINTS: readonly Endpoint[] = [
  auth.requestCode,
  auth.verifyCode,
  auth.sendSms,
  telegram.linkTelegram,
  profile.getProfile,
  profile.updateProfile,
  health.health,
  health.ready,
];
