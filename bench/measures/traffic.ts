import { pause } from '../pause.ts';
import { quantile } from '../statistics.ts';
import type { Pair } from '../systems/system.ts';
import { candidateWith, textIn } from '../systems/texts.ts';

/** How long it goes on before anything is counted, in seconds, and how long messages may be on their way after the last one, in milliseconds. */
const WARM_UP_S = 1;
const LATE_MS = 10_000;

/** What became of a load; without what came while it warmed up. */
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
 * Sends so many messages a second, evenly over all sides and over time, whatever becomes of them. A
 * message's time is from `send` until the other side's client has it, parsed.
 *
 * @throws when messages come out of order
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
 * As {@link measureLoad}.
 *
 * @throws when messages are lost, too
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

/** Lets one message of each pair go to and fro, each answered as soon as it has come (a closed loop); how many messages a second arrive. */
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
  await drained(() => heard);
  return perSecond;
};

/** Resolves when nothing has come for a while. */
const drained = async (count: () => number): Promise<void> => {
  for (let before = -1; before !== count(); ) {
    before = count();
    await pause(200);
  }
};
