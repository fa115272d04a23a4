import { describe, expect, test, vi } from 'vitest';
import { callListener, runMachine } from '../../client/src/link/runner.ts';
import { Clock } from '../simulator/clock.ts';

/** A clock of the client whose time the test moves. */
const testClock = () => {
  const clock = new Clock();
  const timers = new Map<number, () => void>();
  let last = 0;
  return {
    pass: (ms: number) => clock.pass(ms),
    timers,
    now: () => clock.now,
    setTimeout: (work: () => void, ms: number) => {
      const timer = ++last;
      timers.set(timer, work);
      clock.in(ms, () => {
        if (timers.delete(timer)) work();
      });
      return timer;
    },
    clearTimeout: (timer: unknown) => void timers.delete(timer as number),
  };
};

/** A machine that counts, wants the time a second after it was wound, and repeats what it says. */
const runCounter = (perform: (said: readonly string[]) => void = () => undefined) => {
  const clock = testClock();
  const log = vi.fn();
  const runner = runMachine<{ told: string[]; due?: number }, string, string>(
    { clock, log },
    {
      initial: { told: [] },
      time: 'time',
      step: ({ told, due }, event, now) => {
        if (event === 'break') throw new Error('It is broken');
        const next =
          event === 'wind' ? now + 1_000 : due !== undefined && due > now ? due : undefined;
        const state = { told: [...told, event], ...(next !== undefined && { due: next }) };
        return { state, effects: [event] };
      },
      deadline: ({ due }) => due,
      perform,
    },
  );
  return { clock, log, runner };
};

describe('what runs a machine', () => {
  test('An event that is told while another is worked on comes after it', () => {
    const seen: string[] = [];
    const { runner } = runCounter((said) => {
      if (said[0] === 'first') runner.tell('second');
      seen.push(`${said[0]} done`);
    });
    runner.tell('first');
    expect(seen).toEqual(['first done', 'second done']);
    expect(runner.state.told).toEqual(['first', 'second']);
  });

  test('A deadline that is no number does not turn the machine round and round', () => {
    const clock = testClock();
    const step = (state: number) => ({ state: state + 1, effects: [] });
    const rest = { initial: 0, time: 'time', step, deadline: () => Number.NaN };
    const waits: number[] = [];
    const setTimeout = (work: () => void, ms: number) => {
      waits.push(ms);
      return clock.setTimeout(work, ms);
    };
    const surroundings = { clock: { ...clock, setTimeout }, log: () => undefined };
    const runner = runMachine(surroundings, { ...rest, perform: () => undefined });
    runner.tell('first');
    expect(waits).toEqual([3_600_000]);
    runner.dispose();
  });

  test('It has one timer, for the deadline of the machine, and none after it was disposed of', () => {
    const { clock, runner } = runCounter();
    runner.tell('wind');
    runner.tell('wind');
    expect(clock.timers.size).toBe(1);
    clock.pass(1_000);
    expect(runner.state.told).toEqual(['wind', 'wind', 'time']);
    expect(clock.timers.size).toBe(0);
    runner.tell('wind');
    runner.dispose();
    expect(clock.timers.size).toBe(0);
    runner.tell('wind');
    expect(runner.state.told.length).toBe(4);
  });

  test('A step that throws is logged, and the machine goes on', () => {
    const { log, runner } = runCounter();
    runner.tell('break');
    runner.tell('wind');
    expect(log).toHaveBeenCalledWith('machine.failed', { error: 'Error: It is broken' });
    expect(runner.state.told).toEqual(['wind']);
  });

  test('A listener that throws is reported, and harms nobody', () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const error = new Error('The app is broken');
    expect(() =>
      callListener(() => {
        throw error;
      }),
    ).not.toThrow();
    expect(report).toHaveBeenCalledWith(error);
    report.mockRestore();
  });
});
