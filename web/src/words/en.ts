import { calls } from './en/calls.ts';
import { chats } from './en/chats.ts';
import { frame } from './en/frame.ts';
import { scan } from './en/scan.ts';
import { settings } from './en/settings.ts';
import { trouble } from './en/trouble.ts';
import { welcome } from './en/welcome.ts';
import type { Words } from './ru.ts';

/** All words of the app in English, by area. */
export const en: Words = { frame, chats, calls, trouble, scan, settings, welcome };
