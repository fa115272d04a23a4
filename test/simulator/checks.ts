import { isDeepStrictEqual } from 'node:util';
import type { Member, RoomCall } from '../../party/call/state.ts';
import {
  awayAtOf,
  deviceOf,
  isJoined,
  isOnLegacyDevice,
  memberOf,
} from '../../party/call/state.ts';
import { describeHeldCall } from '../../party/inbox/held.ts';
import { InboxStep } from '../../party/inbox/step.ts';
import { hold } from './broken.ts';
import { checkCrowd, checkWaiting, liveCalls } from './crowd.ts';
import { Device } from './device.ts';
import type { Said } from './ledger.ts';
import { LATE_RING_MS } from './legacy-callers.ts';
import { LegacyDevice } from './legacy-device.ts';
import type { AnyDevice, World } from './world.ts';

const hasJoined = (call: RoomCall, user: string, device: string): boolean => {
  const member = memberOf(call, user);
  return member?.state === 'joined' && member.device === device;
};

/** Checks what must hold whenever the world is at rest and nothing fails. */
export const checkAtRest = (world: World) => {
  const live = liveCalls(world);
  checkWaiting(world);
  checkCrowd(world, live);
  checkEnded(world);
  for (const device of world.devices.values()) checkBelief(world, device, live);
  for (const call of live) {
    for (const from of call.members)
      for (const to of call.members) checkPair(world, call, from, to);
    checkEarly(world, call);
  }
};

/**
 * [C25] No session is connected to an inbox that has asked since it ended, or to one that has heard
 * of a call a minute after that.
 */
const checkEnded = (world: World) => {
  for (const [user, { state, connections }] of world.inboxes) {
    const askedAt = state?.sessionsCheckedAt;
    if (askedAt === undefined) continue;
    const rungAt = world.rungAt.get(user) ?? 0;
    for (const { who } of connections.values()) {
      hold(
        !world.worker.hadEnded(who.sid, Math.max(askedAt, rungAt - 60_000)),
        () =>
          `the session ${who.sid} has ended, and the inbox of ${user} has not closed its socket`,
      );
    }
  }
};

const isAway = (call: RoomCall, user: string) => awayAtOf(memberOf(call, user)) !== undefined;

/** [C57] A device has heard which call its user makes or is in, as the inbox has it. */
const checkInCall = (world: World, { name, user, sid, told }: Device) => {
  const { state } = world.inbox(user);
  if (!state) return;
  const { inCall } = describeHeldCall(new InboxStep(state, world.clock.now), sid);
  hold(
    isDeepStrictEqual(told, inCall),
    () => `${name} was told of ${JSON.stringify(told)}, and not of ${JSON.stringify(inCall)}`,
  );
};

/** Checks that a device shows what is the case. */
const checkBelief = (world: World, device: AnyDevice, live: readonly RoomCall[]) => {
  if (!device.listens || !world.worker.lives(`sid-${device.name}`) || world.hostile.size > 0)
    return;
  const { user, name } = device;
  const isAsleep = [...world.calls.values()].some(
    ({ state, written = '{"state":"ended"}' }) => !state && JSON.parse(written).state !== 'ended',
  );
  if (isAsleep) return;
  const ringing = live.filter((call) => {
    const isDue = call.createdAt + 45_000 > world.clock.now;
    return call.state !== 'created' && memberOf(call, user)?.state === 'ringing' && isDue;
  });
  // A call that a legacy device began does not ring on devices that come late.
  const isLate = (call: RoomCall) =>
    world.worker.madeByLegacy.has(call.id) && call.createdAt + LATE_RING_MS <= world.clock.now;
  if (device instanceof Device) {
    const { seat } = device;
    checkInCall(world, device);
    const shown = [...device.rings.values()].filter(({ until }) => until > world.clock.now);
    // A device that took part in a call is told of it in the call, not by the inbox.
    const others = (ids: readonly string[]) =>
      ids
        .filter((id) => !device.taken.includes(id))
        .sort()
        .join();
    const late = new Set(ringing.filter(isLate).map(({ id }) => id));
    const due = ringing.map(({ id }) => id).filter((id) => device.rings.has(id) || !late.has(id));
    const [a, b] = [others(shown.map(({ call }) => call)), others(due)];
    hold(a === b, () => `${name} rings for [${a}], not for [${b}]`);
    if (!seat || seat.client.over !== undefined) return;
    const call = live.find(({ id }) => id === seat.call);
    hold(call !== undefined, () => `${name} is in ${seat.call}, which is over`);
    const has = hasJoined(call, user, device.sid);
    hold(
      seat.client.joined === has,
      () => `${name} ${has ? 'does not know that it has' : 'thinks that it has'} ${call.id}`,
    );
    checkPoliteness(world, call, device);
    return;
  }
  const own = live.find((call) => hasJoined(call, user, device.device));
  const isIn = device.stage === 'dialling' || device.stage === 'active';
  hold(
    isIn === (own !== undefined),
    () => `${name} is ${device.stage}, and the rooms say ${own?.id ?? 'nothing'}`,
  );
  if (own) {
    const peer = memberOf(own, device.peer);
    // A peer who left or restarted too early never sends its answer, so the device keeps dialling.
    const isHere = peer?.epoch === 1 && awayAtOf(peer) === undefined;
    const isRight = peer && ((device.stage === 'active') === (own.state === 'accepted') || !isHere);
    hold(
      isRight === true,
      () => `${name} is ${device.stage} with ${device.peer} in ${own.id}, which is ${own.state}`,
    );
    return;
  }
  const rung = ringing.filter(({ group }) => !group).map(({ caller }) => caller);
  const isSure = (call: RoomCall) => !isLate(call) && !isAway(call, call.caller);
  const offering = ringing.filter((call) => rung.includes(call.caller) && isSure(call));
  if (device.stage === 'ringing')
    hold(rung.includes(device.peer), () => `${name} rings for ${device.peer}, wrongly`);
  else
    hold(
      rung.length === 0 || hasRung(world, device) || offering.length < rung.length,
      () => `${name} does not ring for ${rung}`,
    );
};

/** Whether a legacy device has dropped a ring so often that it rings no more. */
const hasRung = (world: World, { user, device }: LegacyDevice): boolean => {
  const calls = world.inbox(user).state?.calls ?? [];
  return calls.some(
    (call) =>
      call.state === 'ringing' && (call.rang ?? []).filter((one) => one === device).length > 1,
  );
};

/** Checks that of two in a call exactly one is polite. */
const checkPoliteness = (world: World, call: RoomCall, device: Device) => {
  if (!device.seat?.client.joined) return;
  for (const { user, polite } of device.seat.client.peers.values()) {
    const other = seatOf(world, call, user);
    const mine = other?.client.peers.get(device.user);
    if (!mine || !other?.client.joined || !other.link?.open || !device.seat.link?.open) continue;
    hold(
      mine.polite !== polite,
      () => `${device.user} and ${user} are both ${polite ? 'polite' : 'impolite'}`,
    );
  }
};

const seatOf = (world: World, call: RoomCall, user: string) => {
  const device = [...world.devices.values()].find(
    (one) =>
      one instanceof Device && one.user === user && one.sid === deviceOf(memberOf(call, user)),
  );
  return device instanceof Device && device.seat?.call === call.id ? device.seat : undefined;
};

/** The life that speaks for a member at the moment, or undefined when nobody does. */
const lifeOf = (world: World, call: RoomCall, member: Member): string | undefined => {
  if (!isJoined(member) || member.awayAt !== undefined) return undefined;
  const { profile, device } = member;
  for (const one of world.devices.values()) {
    if (one.user !== profile.user || !one.online) continue;
    // A legacy client does not know that it is in a call until it hears the answer.
    if (one instanceof LegacyDevice && one.device === device && one.stage === 'active')
      return one.life;
    if (one instanceof Device && one.sid === device && one.seat?.call === call.id)
      return one.seat.life;
  }
  return undefined;
};

/** Checks that all signals from one member reached the other, once and in order. */
const checkPair = (world: World, call: RoomCall, from: Member, to: Member) => {
  if (from === to || world.hostile.size > 0 || call.state !== 'accepted') return;
  const speaker = lifeOf(world, call, from);
  const hearer = lifeOf(world, call, to);
  if (speaker === undefined || hearer === undefined) return;
  const heard = world.ledger.heardBy(hearer).filter(({ life }) => life === speaker);
  const names = new Set(heard.map(({ name }) => name));
  const said = world.ledger.said.filter(
    ({ life, to: user }) => life === speaker && user === to.profile.user,
  );
  const isDescribed = said.some(({ kind }) => kind !== 'candidate');
  // A legacy client that rings again after its own call failed may hear only the latest offer.
  const begin = isOnLegacyDevice(to) ? said.findIndex(({ name }) => name === heard[0]?.name) : 0;
  for (const { name, epoch } of isDescribed ? said.slice(Math.max(0, begin)) : []) {
    const isFor = isOnLegacyDevice(to) || (epoch ?? 1) === to.epoch;
    hold(!isFor || names.has(name), () => `${name} of ${speaker} never came to ${hearer}`);
  }
  const seat = seatOf(world, call, from.profile.user);
  const left = seat?.client.pending.length ?? 0;
  const canArrive = call.members.every(
    (member) => member === from || !isJoined(member) || lifeOf(world, call, member),
  );
  if (isDescribed && canArrive && !call.group)
    hold(left === 0, () => `${speaker} keeps ${left} signals that nobody acks`);
};

/** [C48] Checks that early devices have heard all that the caller said while it rings. */
const checkEarly = (world: World, call: RoomCall) => {
  const caller = memberOf(call, call.caller);
  const speaker = caller && lifeOf(world, call, caller);
  if (speaker === undefined || call.group || world.hostile.size > 0) return;
  const said = world.ledger.said.filter(({ life }) => life === speaker);
  const isDescribed = said.some(({ kind }) => kind !== 'candidate');
  for (const device of world.devices.values()) {
    if (!(device instanceof Device) || memberOf(call, device.user)?.state !== 'ringing') continue;
    const { seat } = device;
    const isHere = seat?.early === true && seat.call === call.id && seat.link?.open === true;
    if (!isHere || seat.client.over !== undefined || !isDescribed) continue;
    const heard = world.ledger.heardBy(seat.life);
    for (const { name } of said)
      hold(
        heard.some((one) => one.name === name),
        () => `${name} of ${speaker} never came to ${seat.life}, which is early`,
      );
  }
};

/**
 * Checks all that was ever heard: nothing twice, nothing out of order, no candidate before a
 * description.
 */
export const checkHeard = (world: World) => {
  if (world.hostile.size > 0) return;
  const order = new Map(world.ledger.said.map(({ name }, index) => [name, index]));
  for (const [hearer, all] of world.ledger.hearers) {
    for (const speaker of new Set(all.map(({ life }) => life))) {
      checkOrder(
        hearer,
        all.filter(({ life }) => life === speaker),
        order,
      );
    }
  }
};

const checkOrder = (hearer: string, heard: readonly Said[], order: ReadonlyMap<string, number>) => {
  const seen = new Set<string>();
  let last = -1;
  const [first] = heard;
  // A legacy client whose call gave way to another cannot say which of the two its candidates are
  // for.
  if (first?.epoch === undefined && heard.every(({ kind }) => kind === 'candidate')) return;
  hold(
    first?.kind !== 'candidate',
    () => `${hearer} hears the candidate ${first?.name} of ${first?.life} before a description`,
  );
  for (const { name, kind, life } of heard) {
    hold(!seen.has(name), () => `${hearer} hears ${name} of ${life} twice`);
    seen.add(name);
    const place = order.get(name) ?? -1;
    // Candidates sent before the first description are delivered after it.
    const wasHeld = kind === 'candidate' && place < (order.get(first?.name ?? '') ?? 0);
    hold(wasHeld || place > last, () => `${hearer} hears ${name} of ${life} too late`);
    if (!wasHeld) last = place;
  }
};
