import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { objectReply } from '../../../../src/platform/redis/reply.ts';

const reply = objectReply(z.object({ outcome: z.literal('wait'), list: z.array(z.string()) }));

describe('an object that a script returns', () => {
  test('comes as names and values in turn', () => {
    const object = { outcome: 'wait', list: ['a', 'b'] };
    expect(reply.parse(['list', ['a', 'b'], 'outcome', 'wait'])).toEqual(object);
  });

  test.each([
    [['outcome']],
    [['outcome', 'wait']],
    [['outcome', 'other', 'list', []]],
    ['wait'],
    [null],
  ])('is refused as %j', (given) => {
    expect(reply.safeParse(given).success).toBe(false);
  });
});
