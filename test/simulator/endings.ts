import { itemsIn } from '../../party/outbox.ts';
import type { CallRecord } from '../../party/wire/to-worker.ts';
import { RING_MS } from '../../src/contract/sockets/call.ts';
import { hold } from './broken.ts';
import type { World } from './world.ts';

/**
 * Checks the world after everybody was away for long: no call lives, each was recorded once with
 * the right reason, and nobody is busy.
 */
export const checkEndings = (world: World) => {
  for (const [id, { state, written, alarmAt }] of world.calls) {
    const isGone = !state?.call && written === undefined && alarmAt === null;
    hold(isGone, () => `${id} never ends: ${JSON.stringify(state?.call) ?? written}`);
    checkRecord(world, id);
  }
  for (const [user, { state, written, alarmAt }] of world.inboxes) {
    const kept = JSON.parse(written ?? '{"outbox":{"items":[]}}').outbox;
    const { items } = state ? { items: itemsIn(state.outbox) } : kept;
    hold(
      items.length === 0,
      () => `the inbox of ${user} is to tell something, and ${alarmAt ?? 'nothing'} wakes it`,
    );
  }
  for (const user of world.inboxes.keys()) checkFree(world, user);
};

const checkRecord = (world: World, id: string) => {
  const record = world.worker.records.get(id);
  const answer = world.worker.made.get(id);
  if (answer === 'created')
    hold(record !== undefined || world.withdrawn.has(id), () => `${id} left no record`);
  else if (answer !== undefined)
    hold(record === undefined, () => `${id} was ${answer}, and left a record`);
  if (record) checkReason(world, record);
  const instead = world.worker.instead.get(id);
  if (instead === undefined) return;
  const isReal =
    world.worker.records.has(instead) || world.withdrawn.has(instead) || world.noted.has('failure');
  hold(isReal, () => `${id} gave way to ${instead}, which was none`);
};

/** Checks that whatever each reason needs has happened. */
const checkReason = (
  world: World,
  { call, caller, callees, reason, createdAt, acceptedAt, endedAt }: CallRecord,
) => {
  const members = [caller, ...callees.map(({ user }) => user)];
  const did = (users: readonly string[], ...what: string[]) =>
    users.some((user) => what.some((one) => world.noted.has(`${user} ${one}`)));
  const wasJoined = callees.some(({ joined }) => joined);
  const took = endedAt - createdAt;
  hold(wasJoined === (acceptedAt !== undefined), () => `${call} was accepted, or not, by nobody`);
  hold(acceptedAt !== undefined || took <= RING_MS, () => `${call} rang for ${took} ms`);
  if (world.hostile.size > 0) return;
  const faults: Record<typeof reason, boolean> = {
    hung_up: acceptedAt !== undefined && did(members, 'hangs up', 'calls', 'goes'),
    // Whoever calls a legacy caller back, alone or among others, refuses the former call.
    declined: acceptedAt === undefined && did(members, 'declines', 'hangs up', 'calls'),
    busy: did(members, 'calls') && world.worker.made.size > 1,
    cancelled: acceptedAt === undefined && did(members, 'hangs up', 'calls'),
    missed: acceptedAt === undefined && took === RING_MS,
    failed: world.noted.has('failure') || world.noted.has('restart'),
    lost:
      did(members, 'goes', 'hangs up') || world.noted.has('restart') || world.noted.has('failure'),
  };
  hold(faults[reason], () => `${call} is said to be ${reason}`);
};

/** Has a device that is new to the world call, and be called. */
const checkFree = (world: World, user: string) => {
  const answers: string[] = [];
  const note = (answer: unknown) => answers.push(JSON.stringify(answer));
  const until = world.clock.now + RING_MS;
  const inbox = world.inbox(user);
  const from = { user: 'Y', username: '', displayName: '' };
  inbox.ask({ type: 'dial', call: `last-${user}`, device: 'sid-last', to: ['Z'], until }, note);
  inbox.ask({ type: 'stop', call: `last-${user}`, reason: 'cancelled' }, () => undefined);
  inbox.ask(
    { type: 'ring', call: `ring-${user}`, from, video: false, group: false, expiresAt: until },
    note,
  );
  const isFree =
    answers.length === 2 && answers.every((answer) => answer.startsWith('{"outcome":"ok"'));
  hold(isFree, () => `${user} is not free at the end: ${answers.join()}`);
};
