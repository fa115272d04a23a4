import { RUNG_MS } from '../../party/call/ringing.ts';
import type { JoinedMember, RoomCall } from '../../party/call/state.ts';
import { awayAtOf, isJoined, isOnLegacyDevice, memberOf } from '../../party/call/state.ts';
import type { Entry, StoredInbox } from '../../party/inbox/state.ts';
import { GRACE_MS } from '../../src/contract/sockets/call.ts';
import { hold } from './broken.ts';
import type { World } from './world.ts';
import { liveCall } from './world.ts';

/** How late a room may be with what its timers do, in milliseconds. */
const LATE_MS = 1_000;

/** The live calls whose rooms run. */
export const liveCalls = (world: World): readonly RoomCall[] =>
  [...world.calls.values()].flatMap((room) => (room.state ? (liveCall(room) ?? []) : []));

/**
 * Checks what must hold at every moment: nobody is awaited beyond the grace, and each caller is
 * answered at the latest when somebody accepts.
 */
export const checkWaiting = (world: World) => {
  for (const { id, state, members, creating, createdAt } of liveCalls(world)) {
    const mayWait =
      state === 'created' ||
      (state === 'ringing' && world.clock.now - createdAt <= RUNG_MS + LATE_MS);
    hold(
      creating.length === 0 || mayWait,
      () => `${id} is ${state}, and whoever asked for it is not told`,
    );
    if (state !== 'accepted') continue;
    for (const member of members) {
      const { profile } = member;
      const away = world.clock.now - (awayAtOf(member) ?? world.clock.now);
      hold(away <= GRACE_MS + LATE_MS, () => `${id} has waited for ${profile.user} for ${away} ms`);
    }
  }
};

/**
 * Checks who may be where: one call of a pair, one call that a user is in and that their inbox
 * knows of, and no member who is gone for good.
 */
export const checkCrowd = (world: World, live: readonly RoomCall[]) => {
  const pairs = new Set<string>();
  const taken = new Map<string, string>();
  for (const call of live) {
    const pair = call.members
      .map(({ profile }) => profile.user)
      .sort()
      .join();
    hold(!pairs.has(pair), () => `there are two calls of ${pair}`);
    pairs.add(pair);
    for (const member of call.members.filter(isJoined)) {
      const { user } = member.profile;
      const other = taken.get(user);
      hold(other === undefined, () => `${user} is in ${other} and in ${call.id}`);
      taken.set(user, call.id);
      checkJoined(world, call, member);
    }
  }
  for (const { id, members } of live) {
    for (const { profile, state } of members) {
      const other = live.find((one) => one.id === taken.get(profile.user));
      const isLegacyCaller =
        other?.caller === profile.user && isOnLegacyDevice(memberOf(other, profile.user));
      const isFree = other?.state !== 'accepted' || isLegacyCaller;
      hold(
        state !== 'ringing' || isFree,
        () => `${id} rings for ${profile.user}, who is in ${other?.id}`,
      );
    }
  }
};

const checkJoined = (
  world: World,
  call: RoomCall,
  { profile: { user }, device, legacy, awayAt }: JoinedMember,
) => {
  const inbox = world.inbox(user);
  const isConnected = [...inbox.connections.values()].some(({ who }) => who.device === device);
  // A device whose inbox has restarted is missed only when the inbox runs again.
  hold(
    !legacy || isConnected || !inbox.state,
    () => `${user} is in ${call.id} on ${device}, which is gone`,
  );
  const isIn =
    awayAt !== undefined || world.worker.lives(device) || world.worker.untold.has(device);
  hold(isIn, () => `${user} is in ${call.id} on ${device}, whose session has ended`);
  if (call.state !== 'accepted' && call.state !== 'ringing') return;
  const kept: StoredInbox | undefined =
    inbox.written === undefined ? undefined : JSON.parse(inbox.written);
  const calls: readonly Entry[] = inbox.state?.calls ?? kept?.calls ?? [];
  const state = call.state === 'accepted' ? 'active' : 'dialling';
  const isBusy = calls.some(
    (entry) => entry.call === call.id && entry.state === state && entry.device === device,
  );
  hold(isBusy, () => `${user} is in ${call.id}, and nobody told the inbox`);
};
