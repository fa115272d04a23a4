import { RUNS, SDK_ROUNDS } from './settings.ts';

/** What is known of a measure before it runs. */
export interface Measure {
  readonly title: string;
  /** How many rounds count; figures are medians of them. */
  readonly rounds: number;
  /** After how many minutes it is ended: a quiet machine needs less, a slow one up to so many. */
  readonly minutes: number;
  /** Whether a quick run has it. */
  readonly isQuick: boolean;
  /** Whether `npm run bench` without a name has it. */
  readonly isUsual: boolean;
}

const usual = { isQuick: false, isUsual: true } as const;
const quick = { isQuick: true, isUsual: true } as const;

/** All measures, in the order of a run; the files in setups/ have their names. */
export const MEASURES = {
  requests: { title: 'sign-ins, profiles and QR codes', rounds: RUNS, minutes: 6, ...quick },
  calls: { title: 'calls and their signals', rounds: RUNS, minutes: 8, ...quick },
  'legacy-clients': {
    title: 'signals between legacy clients',
    rounds: RUNS,
    minutes: 4,
    ...quick,
  },
  chats: { title: 'messages in chats, one at a time', rounds: 1, minutes: 4, ...usual },
  'chat-load': { title: 'chats at full load', rounds: 1, minutes: 5, ...usual },
  growth: { title: 'more people, calls and messages', rounds: 1, minutes: 6, ...usual },
  'start-up': { title: 'the start of the Worker', rounds: RUNS, minutes: 3, ...usual },
  'sdk-call': { title: 'calls of the SDK', rounds: SDK_ROUNDS, minutes: 4, ...usual },
  'kept-memory': {
    title: 'what calls leave',
    rounds: 1,
    minutes: 30,
    isQuick: false,
    isUsual: false,
  },
} as const satisfies Record<string, Measure>;

/** The name of a measure. */
export type MeasureName = keyof typeof MEASURES;

/** Whether there is a measure of this name. */
export const isMeasure = (name: string): name is MeasureName => Object.hasOwn(MEASURES, name);

/** The names of all measures. */
export const MEASURE_NAMES = Object.keys(MEASURES).filter(isMeasure);
