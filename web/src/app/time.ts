import { computed, signal } from '@preact/signals';
import { language, words } from './words.ts';

const formats = computed(() => ({
  time: new Intl.DateTimeFormat(language.value, { hour: '2-digit', minute: '2-digit' }),
  day: new Intl.DateTimeFormat(language.value, { day: 'numeric', month: 'long' }),
  shortDay: new Intl.DateTimeFormat(language.value, { day: 'numeric', month: 'short' }),
  year: new Intl.DateTimeFormat(language.value, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }),
  whole: new Intl.DateTimeFormat(language.value, { dateStyle: 'long', timeStyle: 'short' }),
}));

const dayOf = (date: Date): string => date.toDateString();

const daysAgo = (count: number): Date => {
  const date = new Date();
  date.setDate(date.getDate() - count);
  return date;
};

/** The hour and minute. */
export const formatTime = (iso: string): string => formats.value.time.format(new Date(iso));

/** Day and time in full: for those who look closer. */
export const formatWhole = (iso: string): string => formats.value.whole.format(new Date(iso));

/** The day, as people say it: today, yesterday, 5 May, 5 May 2024. */
export const formatDay = (iso: string): string => {
  const date = new Date(iso);
  if (dayOf(date) === dayOf(new Date())) return words.value.chats.today;
  if (dayOf(date) === dayOf(daysAgo(1))) return words.value.chats.yesterday;
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return (isThisYear ? formats.value.day : formats.value.year).format(date);
};

/** The time of today, or the day of what is older: for lists. */
export const formatMoment = (iso: string): string => {
  const date = new Date(iso);
  if (dayOf(date) === dayOf(new Date())) return formats.value.time.format(date);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return isThisYear ? formats.value.shortDay.format(date) : date.toLocaleDateString(language.value);
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

const second = signal(Date.now());
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The time, which goes on once a second as long as somebody watches it. */
export const now = second;

/** Begins to watch {@link now}; returns what ends it. */
export const watchTime = (): (() => void) => {
  watchers += 1;
  second.value = Date.now();
  timer ??= setInterval(() => {
    second.value = Date.now();
  }, 1_000);
  return () => {
    watchers -= 1;
    if (watchers > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};
