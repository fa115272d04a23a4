import * as fc from 'fast-check';

/** One thing that happens; numbers name users, chats, devices and messages by their places. */
export type Step =
  | { readonly do: 'send'; readonly user: number; readonly chat: number; readonly tries: number }
  | { readonly do: 'edit' | 'delete'; readonly user: number; readonly message: number }
  | { readonly do: 'read'; readonly user: number; readonly chat: number; readonly part: number }
  | {
      readonly do: 'add' | 'remove' | 'promote';
      readonly user: number;
      readonly chat: number;
      readonly other: number;
    }
  | { readonly do: 'leave' | 'join' | 'rename'; readonly user: number; readonly chat: number }
  | {
      readonly do: 'sleep' | 'wake' | 'deafen' | 'hear' | 'sync' | 'sync and die';
      readonly device: number;
    };

/** How many people, and how many devices each has. */
export const USERS = 4;
export const DEVICES = 2;

/** The chats: a group, a channel, and the personal chat of the first two. */
export const CHATS = 3;

const user = fc.nat(USERS - 1);
const chat = fc.nat(CHATS - 1);
const device = fc.nat(USERS * DEVICES - 1);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('send'),
      user,
      chat,
      tries: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('edit', 'delete'), user, message: fc.nat(20) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('read'),
      user,
      chat,
      part: fc.integer({ min: 0, max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('add', 'remove', 'promote'),
      user,
      chat,
      other: user,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('leave', 'join', 'rename'), user, chat }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('sleep', 'wake', 'deafen', 'hear', 'sync', 'sync and die'),
      device,
    }),
  },
);

/** A sequence of steps. */
export const sequence = fc.array(step, { minLength: 8, maxLength: 40 });

/** Says a step in one line. */
export const describeStep = (step: Step): string =>
  Object.entries(step)
    .map(([name, value]) => (name === 'do' ? String(value) : `${name} ${value}`))
    .join(' ');
