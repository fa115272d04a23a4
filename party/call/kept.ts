import type { KeptOutbox } from '../outbox.ts';
import { durable, EMPTY_OUTBOX } from '../outbox.ts';
import type { JoinedMember, LeftMember, Member, RingingMember, RoomCall } from './state.ts';
import { hasJoined, hasMissed, isJoined, isRinging } from './state.ts';

/** The fields of a call that do not outlive its host. */
export const UNWRITTEN = ['sockets', 'streams', 'creating', 'socketCheckAt'] as const;

/** A member as rooms write it: the fields of all states side by side, under their first names. */
export interface KeptMember extends Pick<Member, 'profile' | 'role' | 'place' | 'epoch'> {
  readonly state: Member['state'];
  readonly pausedForSeconds?: number | undefined;
  /** Missing in what rooms wrote before this field. */
  readonly unheard?: boolean | undefined;
  /** Missing in what rooms wrote before this field. */
  readonly moves?: readonly number[] | undefined;
  /** Missing in what rooms wrote before this field. */
  readonly push?: boolean | undefined;
  /** Missing in what rooms wrote before this field. */
  readonly invited?: Member['invited'];
  readonly device?: string | undefined;
  readonly old: boolean;
  readonly greeted: boolean;
  readonly joined: boolean;
  readonly here: boolean;
  readonly missed: boolean;
  readonly unreachable: boolean;
  readonly awayAt?: number | undefined;
  readonly listening: boolean;
  /** Missing in what rooms wrote before this field. */
  readonly listened?: readonly string[];
  readonly rung: boolean;
}

/** A call as rooms write it: all but sockets, signals and requests that wait. */
export interface KeptCall
  extends Omit<
    RoomCall,
    (typeof UNWRITTEN)[number] | 'outbox' | 'members' | 'turnCredentials' | OptionalTime
  > {
  readonly members: readonly KeptMember[];
  readonly turn: RoomCall['turnCredentials'];
  readonly outbox: KeptOutbox;
  readonly reason?: RoomCall['reason'];
  readonly acceptedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly leaseAt?: number | undefined;
}

type OptionalTime = 'reason' | 'acceptedAt' | 'endedAt' | 'leaseAt';

const writeMember = (member: Member): KeptMember => {
  const { profile, role, state, place, epoch, pausedForSeconds, unheard, moves, push } = member;
  const { invited } = member;
  const ringing = isRinging(member) ? member : undefined;
  const joined = isJoined(member) ? member : undefined;
  return {
    profile,
    role,
    state,
    device: joined?.device,
    old: joined?.legacy ?? false,
    place,
    epoch,
    greeted: joined?.greeted ?? false,
    joined: hasJoined(member),
    here: ringing?.here ?? false,
    missed: hasMissed(member),
    unreachable: !isJoined(member) && member.unreachable,
    awayAt: joined?.awayAt,
    listening: ringing?.listening ?? false,
    listened: ringing?.listened ?? [],
    rung: ringing?.rung ?? false,
    pausedForSeconds,
    unheard,
    moves,
    push,
    invited,
  };
};

const readMember = (kept: KeptMember): RingingMember | JoinedMember | LeftMember => {
  const { profile, role, place, epoch, pausedForSeconds, unheard, moves, push, invited } = kept;
  const base = { profile, role, place, epoch, pausedForSeconds, unheard, moves, push, invited };
  const { state, unreachable, missed } = kept;
  if (state === 'left') return { ...base, state, hasJoined: kept.joined, unreachable, missed };
  if (state === 'joined') {
    const { device = '', old: legacy, greeted, awayAt } = kept;
    return { ...base, state, device, legacy, greeted, awayAt };
  }
  const { here, listening, listened = [], rung } = kept;
  return { ...base, state, here, unreachable, listening, listened, rung, missed };
};

/** What is written of a call. */
export const writeCall = (call: RoomCall): KeptCall => {
  const { sockets: _, streams: __, creating: ___, socketCheckAt: ____, ...written } = call;
  const { members, turnCredentials: turn, outbox, ...rest } = written;
  return { ...rest, members: members.map(writeMember), turn, outbox: durable(outbox) };
};

/** The call that was written, by this version or one before; its outbox is restarted apart. */
export const readCall = ({ members, turn, ...rest }: KeptCall): RoomCall => ({
  ...rest,
  reason: rest.reason,
  acceptedAt: rest.acceptedAt,
  endedAt: rest.endedAt,
  leaseAt: rest.leaseAt,
  members: members.map(readMember),
  turnCredentials: turn,
  outbox: EMPTY_OUTBOX,
  sockets: [],
  streams: [],
  creating: [],
  socketCheckAt: undefined,
});
