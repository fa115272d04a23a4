import { frame } from './ru/frame.ts';

/** All words of the app in Russian, by area. */
export const ru = { frame };

/** The words of a language. */
export type Words = typeof ru;
