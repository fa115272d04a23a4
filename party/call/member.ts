import type { Peer } from '../../src/contract/sockets/call.ts';
import type { Profile } from '../../src/contract/sockets/inbox.ts';

/** What is known of a member of a call in every state. */
interface MemberBase {
  readonly profile: Profile;
  readonly role: 'caller' | 'callee';
  /** The place in the order of joining: the later one of two is polite [C14]. */
  readonly place: number;
  /** Grows whenever a member comes without memory of its signals. */
  readonly epoch: number;
  /** For how many seconds the caller may not ring this member [C29]. */
  readonly pausedForSeconds?: number | undefined;
  /** Whether this callee has blocked the caller, and hears nothing of the call [M42]. */
  readonly unheard?: boolean | undefined;
}

/** A callee who has not answered yet, also in a call that has ended meanwhile. */
export interface RingingMember extends MemberBase {
  readonly state: 'ringing';
  /** Whether a device has come since the call rings. */
  readonly here: boolean;
  /** Whether no device is connected [C5]. */
  readonly unreachable: boolean;
  /** Whether legacy devices ring, which are sent the signals so far. */
  readonly listening: boolean;
  /** The legacy devices that were sent the signals so far. */
  readonly listened: readonly string[];
  /** Whether the inbox has answered the `ring`. */
  readonly rung: boolean;
  /** Whether the member hears later that the call was missed [C6]. */
  readonly missed: boolean;
}

/** A member who is in the call; to others one without a socket is `away`. */
export interface JoinedMember extends MemberBase {
  readonly state: 'joined';
  /** The device that has the call. */
  readonly device: string;
  /** Whether that device is a legacy one: it has no socket here, its inbox speaks for it. */
  readonly legacy: boolean;
  /** Whether that device has said hello before, so that the next hello is a return. */
  readonly greeted: boolean;
  /** Since when the device has no socket, in milliseconds since 1970. */
  readonly awayAt: number | undefined;
}

/** A member of a group who has left, refused, or not answered. */
export interface LeftMember extends MemberBase {
  readonly state: 'left';
  readonly hasJoined: boolean;
  readonly unreachable: boolean;
  readonly missed: boolean;
}

export type Member = RingingMember | JoinedMember | LeftMember;

export const isRinging = (member: Member): member is RingingMember => member.state === 'ringing';
export const isJoined = (member: Member): member is JoinedMember => member.state === 'joined';

/** Whether a legacy device has the call for this member. */
export const isOnLegacyDevice = (member: Member | undefined): member is JoinedMember =>
  member !== undefined && isJoined(member) && member.legacy;

/** Whether a member is in the call or was in it. */
export const hasJoined = (member: Member): boolean =>
  isJoined(member) || (member.state === 'left' && member.hasJoined);

export const hasMissed = (member: Member): boolean => !isJoined(member) && member.missed;

/** Whether a callee has blocked the caller, and is not to hear that there was a call [M42]. */
export const isUnheard = (member: Member): boolean => member.unheard === true && !hasJoined(member);

const baseOf = (member: Member): MemberBase => {
  const { profile, role, place, epoch, pausedForSeconds, unheard } = member;
  return { profile, role, place, epoch, pausedForSeconds, unheard };
};

/** A member for whom the call begins to ring. */
export const newRingingMember = (
  profile: Profile,
  role: Member['role'],
  place: number,
): RingingMember => ({
  profile,
  role,
  place,
  epoch: 0,
  state: 'ringing',
  here: false,
  unreachable: false,
  listening: false,
  listened: [],
  rung: false,
  missed: false,
});

/** The member after taking the call on a device, in the next epoch. */
export const joinedMember = (
  member: Member,
  joining: Pick<JoinedMember, 'place' | 'device' | 'legacy'>,
): JoinedMember => ({
  ...baseOf(member),
  ...joining,
  epoch: member.epoch + 1,
  state: 'joined',
  greeted: true,
  awayAt: undefined,
});

/** The member after leaving the call. */
export const leftMember = (member: Member): LeftMember => ({
  ...baseOf(member),
  state: 'left',
  hasJoined: hasJoined(member),
  unreachable: isUnreachable(member),
  missed: hasMissed(member),
});

const isUnreachable = (member: Member) => !isJoined(member) && member.unreachable;

/** The place of a member in the order of joining; whoever has not joined comes last. */
const rankOf = (member: Member) => (isJoined(member) ? member.place : Number.POSITIVE_INFINITY);

/** A member as another one sees them. */
export const peerOf = (member: Member, viewer: Member): Peer => ({
  ...member.profile,
  state: isJoined(member) && member.awayAt !== undefined ? 'away' : member.state,
  ...(isUnreachable(member) && { unreachable: true }),
  epoch: member.epoch,
  polite: rankOf(viewer) > rankOf(member),
});

/** The device that has the call for a member, if one has it. */
export const deviceOf = (member: Member | undefined): string | undefined =>
  member && isJoined(member) ? member.device : undefined;

/** Since when a joined member has no socket, in milliseconds since 1970. */
export const awayAtOf = (member: Member | undefined): number | undefined =>
  member && isJoined(member) ? member.awayAt : undefined;
