import { createStore } from 'aist-client/index';
import type { Language } from './preferences.ts';
import { language, words } from './words.ts';

const makeFormats = (locale: Language) => ({
  time: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }),
  day: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' }),
  shortDay: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }),
  year: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' }),
  whole: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }),
});

const made: { [Name in Language]?: ReturnType<typeof makeFormats> } = {};

/** The formats of the language; making one takes long. */
const formats = () => {
  const locale = language.get();
  made[locale] ??= makeFormats(locale);
  return made[locale];
};

const dayOf = (date: Date): string => date.toDateString();

const daysAgo = (count: number): Date => {
  const date = new Date();
  date.setDate(date.getDate() - count);
  return date;
};

/** The hour and minute. */
export const formatTime = (iso: string): string => formats().time.format(new Date(iso));

/** Day and time in full: for those who look closer. */
export const formatWhole = (iso: string): string => formats().whole.format(new Date(iso));

/** The day, as people say it: today, yesterday, 5 May, 5 May 2024. */
export const formatDay = (iso: string): string => {
  const date = new Date(iso);
  if (dayOf(date) === dayOf(new Date())) return words.get().chats.today;
  if (dayOf(date) === dayOf(daysAgo(1))) return words.get().chats.yesterday;
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return (isThisYear ? formats().day : formats().year).format(date);
};

/** The time of today, or the day of what is older: for lists. */
export const formatMoment = (iso: string): string => {
  const date = new Date(iso);
  if (dayOf(date) === dayOf(new Date())) return formats().time.format(date);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return isThisYear ? formats().shortDay.format(date) : date.toLocaleDateString(language.get());
};

/** Whether two moments are on the same day here. */
export const isSameDay = (one: string, other: string): boolean =>
  dayOf(new Date(one)) === dayOf(new Date(other));

/** How long something took: 0:07, 12:05, 1:02:03. */
export const formatDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
};

let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The time, which goes on once a second as long as somebody watches it. */
export const now = createStore(Date.now());

/** Begins to watch {@link now}; returns what ends it. */
export const watchTime = (): (() => void) => {
  watchers += 1;
  now.set(Date.now());
  timer ??= setInterval(() => {
    now.set(Date.now());
  }, 1_000);
  return () => {
    watchers -= 1;
    if (watchers > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};
