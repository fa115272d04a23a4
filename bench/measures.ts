/** What is known of a measure before it runs. */
export interface Measure {
  readonly title: string;
  /** After how many minutes it is given up, on a machine as slow as any. */
  readonly minutes: number;
  /** Whether a quick run has it. */
  readonly isQuick: boolean;
  /** Whether `npm run bench` without a name has it. */
  readonly isUsual: boolean;
}

const usual = { isQuick: true, isUsual: true } as const;

/** All measures, in the order of a run; the files in setups/ have their names. */
export const MEASURES = {
  requests: { title: 'sign-ins, profiles and QR codes', minutes: 6, ...usual },
  calls: { title: 'calls and their signals', minutes: 8, ...usual },
  'legacy-clients': { title: 'signals between legacy clients', minutes: 4, ...usual },
  chats: { title: 'messages in chats, one at a time', minutes: 4, isQuick: false, isUsual: true },
  'chat-load': { title: 'chats at full load', minutes: 5, isQuick: false, isUsual: true },
  growth: { title: 'more people, calls and messages', minutes: 6, isQuick: false, isUsual: true },
  'start-up': { title: 'the start of the Worker', minutes: 3, isQuick: false, isUsual: true },
  'sdk-call': { title: 'calls of the SDK', minutes: 4, isQuick: false, isUsual: true },
  'kept-memory': { title: 'what calls leave', minutes: 30, isQuick: false, isUsual: false },
} as const satisfies Record<string, Measure>;

/** The name of a measure. */
export type MeasureName = keyof typeof MEASURES;

/** Whether there is a measure of this name. */
export const isMeasure = (name: string): name is MeasureName => Object.hasOwn(MEASURES, name);

/** The names of all measures. */
export const MEASURE_NAMES = Object.keys(MEASURES).filter(isMeasure);
