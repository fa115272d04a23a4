import { calls } from './ru/calls.ts';
import { chats } from './ru/chats.ts';
import { frame } from './ru/frame.ts';
import { scan } from './ru/scan.ts';
import { settings } from './ru/settings.ts';
import { trouble } from './ru/trouble.ts';
import { welcome } from './ru/welcome.ts';

/** All words of the app in Russian, by area. */
export const ru = { frame, chats, calls, trouble, scan, settings, welcome };

/** The words of a language. */
export type Words = typeof ru;
