import { inspect, isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Chat, Member } from '../../../src/contract/http/chats.ts';
import type { Message } from '../../../src/contract/http/messages.ts';
import { runningApi } from '../../support/client.ts';
import { shrunkBriefly } from '../../support/shrinking.ts';
import type { Known } from './device.ts';
import { canListMembers, readMembers, readMessages } from './device.ts';
import type { Step } from './steps.ts';
import { script } from './steps.ts';
import type { Person } from './world.ts';
import { World } from './world.ts';

/** How many scripts are played, each of many requests; the environment can ask for more. */
const RUNS = Math.ceil(Number(process.env.PROPERTY_RUNS ?? 25) / 5);

/** Ends a run that hangs. A slow machine is given ten times what it needs. */
const TIMEOUT_MS = 600_000 + RUNS * 30_000;

/** What a device and the routes have to agree on. */
const compared = (
  chat: Chat,
  messages: readonly Message[],
  members: readonly Member[],
  unread: number,
) => ({
  id: chat.id,
  name: chat.name,
  type: chat.type,
  role: chat.role,
  fromSeq: chat.fromSeq,
  large: chat.large,
  mark: Math.max(chat.readSeq, chat.fromSeq),
  unread,
  messages,
  members: members
    // How far others have read a channel is told to nobody [M18].
    .map((member) => ({
      ...member,
      readSeq: chat.type === 'channel' ? 0 : Math.max(member.readSeq, chat.fromSeq),
    }))
    .sort((a, b) => (a.userId < b.userId ? -1 : 1)),
});

const onDevice = ({ chat, messages, members }: Known) => {
  if (!chat) throw new Error('a device has messages of a chat that it does not know');
  const ordered = [...messages.values()].sort((a, b) => a.seq - b.seq);
  const mark = Math.max(chat.readSeq, chat.fromSeq);
  const unread = ordered.filter(({ seq, fromMe }) => seq > mark && !fromMe).length;
  return compared(chat, ordered, [...members.values()], unread);
};

const inDatabase = async (world: World, person: Person) => {
  const { get, list } = world.reader(person);
  const chats = await list();
  return Promise.all(
    chats.map(async (chat) => {
      const messages = await readMessages(get, chat.id);
      const members = canListMembers(chat) ? await readMembers(get, chat.id) : [];
      return compared(chat, messages, members, chat.unread);
    }),
  );
};

const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1);

/** Plays a script; then every device catches up, and has what the routes answer. */
const play = async (steps: readonly (readonly Step[])[]): Promise<void> => {
  const world = await World.create(runningApi());
  for (const group of steps) await world.make(group);
  for (const person of world.people) {
    const truth = (await inDatabase(world, person)).sort(byId);
    for (const device of person.devices) {
      // From where it stands, and once more from its first cursor.
      for (const [limit, back] of [[200], [3, Number.MAX_SAFE_INTEGER]] as const) {
        await device.catchUp(limit, back);
        // What it was shown now is checked as well.
        await world.make([]);
        const known = [...device.chats.values()].map((one) => onDevice(one));
        if (!isDeepStrictEqual(known.sort(byId), truth))
          throw new Error(inspect({ known, truth }, { depth: 9, breakLength: 200 }));
      }
    }
  }
};

test(
  '[M20, M25] whatever happens and whenever they ask, all devices come to what the routes answer',
  async () => {
    const comesTrue = shrunkBriefly(play);
    const result = await fc.check(fc.asyncProperty(script, comesTrue), { numRuns: RUNS });
    const reason = result.errorInstance instanceof Error ? result.errorInstance.message : '';
    const [steps = []] = result.counterexample ?? [];
    const lines = steps.map((group) => JSON.stringify(group)).join('\n');
    expect
      .soft(result.failed, `seed ${result.seed}, after ${result.numRuns}\n${lines}\n${reason}`)
      .toBe(false);
  },
  TIMEOUT_MS,
);
