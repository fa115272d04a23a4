import { RUNG_MS } from '../../party/call/ringing.ts';
import { type Call, type Member, memberOf } from '../../party/call/state.ts';
import type { Entry, Kept } from '../../party/inbox/state.ts';
import { GRACE_MS } from '../../src/contract/sockets/call.ts';
import { hold } from './broken.ts';
import { liveCall, type World } from './world.ts';

/** How long a room can be late with what time brings, in milliseconds. */
const LATE_MS = 1_000;

/** The calls that live, of the rooms that run. */
export const liveCalls = (world: World): readonly Call[] =>
  [...world.calls.values()].flatMap((room) => (room.state ? (liveCall(room) ?? []) : []));

/** What must hold at every moment: nobody is waited for beyond the grace, and whoever calls is answered, at the latest when somebody has taken the call. */
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
    for (const { profile, awayAt = world.clock.now } of members) {
      const away = world.clock.now - awayAt;
      hold(away <= GRACE_MS + LATE_MS, () => `${id} has waited for ${profile.user} for ${away} ms`);
    }
  }
};

/** Who may be where: one call of a pair, one that somebody is in, and their inbox knows of it; nobody who is gone for good. */
export const checkCrowd = (world: World, live: readonly Call[]) => {
  const pairs = new Set<string>();
  const taken = new Map<string, string>();
  for (const call of live) {
    const pair = call.members
      .map(({ profile }) => profile.user)
      .sort()
      .join();
    hold(!pairs.has(pair), () => `there are two calls of ${pair}`);
    pairs.add(pair);
    for (const member of call.members.filter(({ state }) => state === 'joined')) {
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
      const isOldCaller = other?.caller === profile.user && memberOf(other, profile.user)?.old;
      const isFree = other?.state !== 'accepted' || isOldCaller === true;
      hold(
        state !== 'ringing' || isFree,
        () => `${id} rings for ${profile.user}, who is in ${other?.id}`,
      );
    }
  }
};

const checkJoined = (
  world: World,
  call: Call,
  { profile: { user }, device = '', old, awayAt }: Member,
) => {
  const inbox = world.inbox(user);
  const isConnected = [...inbox.connections.values()].some(({ who }) => who.device === device);
  // One whose inbox has restarted is missed when the inbox runs again.
  hold(
    !old || isConnected || !inbox.state,
    () => `${user} is in ${call.id} on ${device}, which is gone`,
  );
  const isIn =
    awayAt !== undefined || world.worker.lives(device) || world.worker.untold.has(device);
  hold(isIn, () => `${user} is in ${call.id} on ${device}, whose session has ended`);
  if (call.state !== 'accepted' && call.state !== 'ringing') return;
  const kept: Kept | undefined =
    inbox.written === undefined ? undefined : JSON.parse(inbox.written);
  const calls: readonly Entry[] = inbox.state?.calls ?? kept?.calls ?? [];
  const state = call.state === 'accepted' ? 'active' : 'dialling';
  const isBusy = calls.some(
    (entry) => entry.call === call.id && entry.state === state && entry.device === device,
  );
  hold(isBusy, () => `${user} is in ${call.id}, and nobody told the inbox`);
};
