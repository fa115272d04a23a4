import { frame } from './en/frame.ts';
import type { Words } from './ru.ts';

/** All words of the app in English, by area. */
export const en: Words = { frame };
