import fc from 'fast-check';
import type { Fault } from './rules.ts';

/** One step of a sequence, as plain data: it can be made at random, shrunk and printed. */
export type Step =
  | {
      readonly do: 'request';
      readonly phone: number;
      readonly address: number;
      readonly fault: Fault;
    }
  | {
      readonly do: 'verify';
      readonly phone: number;
      readonly address: number;
      readonly fault: Fault;
      /** The newest code of the phone, the one before, or none of them. */
      readonly code: 'newest' | 'older' | 'wrong';
      readonly withRequestId: boolean;
      /** So often in a row; the fault happens to the first. */
      readonly times: number;
    }
  | { readonly do: 'wait'; readonly ms: number }
  /** As long as the last refusal said, less so many milliseconds. */
  | { readonly do: 'wait as told'; readonly lessMs: number };

type Verify = Extract<Step, { do: 'verify' }>;

/** One phone and one address more often than the other, or limits would seldom be met. */
const mostly = fc.constantFrom(0, 0, 0, 1);
const fault = fc.option(
  fc.constantFrom<Fault[]>('redis dead', 'redis deaf', 'postgres dead', 'postgres deaf'),
  {
    nil: undefined,
    freq: 7,
  },
);

/** The steps that somebody takes with a phone from an address. */
const stepsOf = (phone: number, address: number) => {
  const who = { phone: fc.constant(phone), address: fc.constant(address), fault };
  const verify = (code: Verify['code'], times: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
    fc.record({
      do: fc.constant('verify'),
      ...who,
      code: fc.constant(code),
      withRequestId: fc.boolean(),
      times,
    });
  const request: fc.Arbitrary<Step> = fc.record({ do: fc.constant('request'), ...who });
  return {
    request,
    wrong: verify('wrong', fc.integer({ min: 1, max: 5 })),
    newest: verify('newest', fc.constantFrom(1, 1, 2)),
    older: verify('older', fc.constant(1)),
  };
};

const wait = (...seconds: number[]): fc.Arbitrary<Step> =>
  fc
    .tuple(fc.constantFrom(...seconds), fc.constantFrom(-1, 0, 0, 1))
    .map(([length, more]) => ({ do: 'wait', ms: length * 1_000 + more }));
const waitAsTold: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('wait as told'),
  lessMs: fc.constantFrom(0, 0, 1),
});

/** Most of these steps, in this order: what chance alone would seldom put together. */
const scene = (...steps: fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> =>
  fc
    .tuple(...steps.map((step) => fc.option(step, { nil: undefined, freq: 8 })))
    .map((chosen) => chosen.filter((step) => step !== undefined));

const scenes = fc.tuple(mostly, mostly).chain(([phone, address]) => {
  const { request, wrong, newest, older } = stepsOf(phone, address);
  return fc.oneof(
    scene(request),
    scene(wrong),
    scene(fc.oneof(newest, older)),
    scene(fc.oneof(waitAsTold, wait(1, 30, 60, 120, 300, 600, 3_600, 86_400))),
    scene(request, wrong, newest, request, waitAsTold, request, wrong, newest),
    scene(request, newest, wait(30), newest),
    scene(request, request, waitAsTold, request, older, newest),
    scene(request, wrong, request, waitAsTold, request, wrong, request, waitAsTold, request),
    scene(request, wait(300), newest),
  );
});

/** A sequence of up to 40 steps. */
export const sequence: fc.Arbitrary<Step[]> = fc
  .array(scenes, { minLength: 1, maxLength: 8, size: 'max' })
  .map((list) => list.flat().slice(0, 40));

const describeCheck = ({ code, withRequestId, times }: Verify): string =>
  `verify-code, ${code}${withRequestId ? ' with requestId' : ''}${times > 1 ? ` ×${times}` : ''}`;

/** A step as a line of a script. */
export const describeStep = (step: Step): string => {
  switch (step.do) {
    case 'wait':
      return `wait ${step.ms / 1_000} s`;
    case 'wait as told':
      return `wait as told${step.lessMs ? `, less ${step.lessMs} ms` : ''}`;
    case 'request':
    case 'verify': {
      const what = step.do === 'request' ? 'request-code' : describeCheck(step);
      const fault = step.fault ? `, ${step.fault}` : '';
      return `phone ${step.phone}, address ${step.address}: ${what}${fault}`;
    }
  }
};
