import type { Goal } from './goals.ts';

/** A line of the table; figures are texts. */
export interface Row {
  readonly what: string;
  readonly here: string;
  /** The same figure of what it is measured beside; empty where there is nothing. */
  readonly peers: string;
  readonly goal: string;
  /** Absent where there is no goal, or where it could not be measured. */
  readonly isMet?: boolean;
  /** Whether a robust ratio is worse than a busy machine alone makes it. */
  readonly isBroken?: boolean;
}

/** What is known of a figure. */
export interface Figure {
  readonly here: string;
  /** What the goal is about; undefined where it cannot be measured. */
  readonly value?: number | undefined;
  readonly goal?: Goal;
  /** The same of others, by their names. */
  readonly peers?: Readonly<Record<string, string | undefined>>;
}

/** Makes a line of the table. */
export const rowOf = (what: string, { here, value, goal, peers = {} }: Figure): Row => {
  const beside = Object.entries(peers).flatMap(([name, text]) => (text ? [`${name} ${text}`] : []));
  const isKnown = goal !== undefined && value !== undefined && !Number.isNaN(value);
  return {
    what,
    here,
    peers: beside.join(', '),
    goal: goal?.text ?? '',
    ...(isKnown && { isMet: goal.isMet(value), isBroken: goal.isBroken(value) }),
  };
};

const SHORT = 10;

/** Milliseconds for people. */
export const ms = (value: number): string => `${value.toFixed(value < SHORT ? 2 : 1)} ms`;

/** Microseconds for people; a dash where they could not be read. */
export const us = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : `${value.toFixed(0)} µs`;

/** A number a second for people. */
export const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`;

/** A ratio for people. */
export const times = (value: number): string => `${value.toFixed(value < SHORT ? 2 : 1)} ×`;
