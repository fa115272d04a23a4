import { pause } from '../pause.ts';
import { quantile } from '../statistics.ts';
import type { Pair } from '../systems/system.ts';
import { candidateWith, textIn } from '../systems/texts.ts';

/** How long a load goes on before anything is counted, in seconds. */
const WARM_UP_S = 1;

/** How long messages may be on their way after the last one was sent, in milliseconds. */
const LATE_MS = 10_000;

/** The result of a load, without its warm-up. */
export interface Load {
  /** How long messages took, in milliseconds. */
  readonly taken: readonly number[];
  /** How many never came. */
  readonly lost: number;
}

/** How long messages took, in milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/**
 * Sends so many messages a second, evenly over all sides and over time, whether they arrive or not.
 * A message's time is from `send` until the other side's client has parsed it.
 *
 * @throws {Error} when messages come out of order
 */
export const measureLoad = async (
  pairs: readonly Pair[],
  perSecond: number,
  seconds: number,
): Promise<Load> => {
  const sides = pairs.flat();
  const warmUp = WARM_UP_S * perSecond;
  const total = warmUp + seconds * perSecond;
  const taken: number[] = [];
  const all = Promise.withResolvers<void>();
  let heard = 0;
  for (const side of sides) {
    let last = -1;
    side.heard = (candidate) => {
      const [n = 0, sentAt = 0] = textIn(candidate).split('-').map(Number);
      if (n <= last) all.reject(new Error(`Message ${n} came after ${last}`));
      last = n;
      if (n >= warmUp) taken.push(performance.now() - sentAt);
      heard += 1;
      if (heard === total) all.resolve();
    };
  }
  const began = performance.now();
  for (let sent = 0; sent < total; await pause(1)) {
    const due = Math.min(total, ((performance.now() - began) / 1_000) * perSecond);
    for (; sent < due; sent++)
      sides[sent % sides.length]?.send(candidateWith(`${sent}-${performance.now()}`));
  }
  const timer = setTimeout(() => all.resolve(), LATE_MS);
  await all.promise;
  clearTimeout(timer);
  return { taken, lost: total - heard };
};

/**
 * Measures the latency of a load.
 *
 * @throws {Error} when messages come out of order or are lost
 */
export const measureLatency = async (
  pairs: readonly Pair[],
  perSecond: number,
  seconds: number,
): Promise<Latency> => {
  const { taken, lost } = await measureLoad(pairs, perSecond, seconds);
  if (lost > 0) throw new Error(`${lost} messages were lost`);
  return { p50: quantile(taken, 0.5), p99: quantile(taken, 0.99) };
};

/**
 * Measures how many messages a second arrive in a closed loop: one message of each pair goes to and
 * fro, answered as soon as it has come.
 */
export const measureThroughput = async (
  pairs: readonly Pair[],
  seconds: number,
): Promise<number> => {
  const sides = pairs.flat();
  const message = candidateWith('0');
  let heard = 0;
  let running = true;
  for (const side of sides) {
    side.heard = () => {
      heard += 1;
      if (running) side.send(message);
    };
  }
  for (const [caller] of pairs) caller.send(message);
  await pause(WARM_UP_S * 1_000);
  const before = heard;
  const began = performance.now();
  await pause(seconds * 1_000);
  const perSecond = ((heard - before) / (performance.now() - began)) * 1_000;
  running = false;
  await awaitSilence(() => heard);
  return perSecond;
};

/** Waits until nothing has come for a while. */
const awaitSilence = async (count: () => number): Promise<void> => {
  for (let before = -1; before !== count(); ) {
    before = count();
    await pause(200);
  }
};
