import fc from 'fast-check';
import { complainClient } from './client-replay.ts';
import { clientScript, crossingScript, groupOfFourScript } from './client-scripts.ts';
import { TIMELY } from './timely.ts';

/**
 * Plays schedules of every kind until one breaks a rule; prints which one and the rule. Its
 * arguments are how many, and the seed.
 */
const [count = '1500', seed = '1'] = process.argv.slice(2);
const kinds = [clientScript, crossingScript, groupOfFourScript];
const scripts = kinds.map((kind) =>
  fc.sample(kind, { numRuns: Number(count), seed: Number(seed) }),
);
const timely = await Promise.all(Object.values(TIMELY).map((steps) => complainClient(steps)));
const late = timely.find((complaint) => complaint !== undefined);
if (late !== undefined) console.log(`in time: ${late}`);
for (let n = 0; late === undefined && n < Number(count); n++) {
  // Of ten schedules seven are of two people, as in the model test.
  const kind = n % 10 < 7 ? 0 : n % 10 < 8 ? 1 : 2;
  const complaint = await complainClient(scripts[kind]?.[n] ?? []);
  if (complaint === undefined) continue;
  console.log(`schedule ${n + 1}: ${complaint.split('\n')[0]}`);
  break;
}
