import type { HeldCall } from '../../party/wire/fields.ts';
import type { CarriedSignal } from '../../party/wire/messages.ts';
import { CreateAnswer, PermitAnswer } from '../../party/wire/messages.ts';
import type { Reason } from '../contract/sockets/call.ts';
import { StoreError } from '../platform/errors.ts';
import type { Role } from '../rooms/ticket.ts';
import type { Services } from '../session/services.ts';
import { askCall } from './ask.ts';
import type { Person, Recipients } from './people.ts';
import { findRecipients } from './people.ts';

/** A call that somebody begins. */
export interface Dial {
  readonly from: string;
  /** The device that calls, and whether it is one of a legacy client. */
  readonly device: string;
  readonly legacy: boolean;
  /** Ids of users, or usernames. */
  readonly to: readonly string[];
  /** The caller, and all whom `to` can mean. */
  readonly people: readonly Person[];
  readonly video: boolean;
  readonly offer: CarriedSignal | undefined;
  /** The number of the inbox's request, when a legacy device calls. */
  readonly request?: number | undefined;
}

/** The call that a dial led to, which may have existed already; or why there is none. */
export type DialOutcome =
  | {
      readonly outcome: 'call';
      readonly call: string;
      readonly role: Role;
      readonly video: boolean;
      /** Whether the call was there before, so that nothing of this request is in it. */
      readonly existing: boolean;
      readonly state: 'ringing' | 'ended';
      readonly reason?: Reason | undefined;
    }
  | { readonly outcome: 'user_not_found' | 'call_to_oneself' }
  | { readonly outcome: 'in_call'; readonly held?: HeldCall | undefined }
  | {
      readonly outcome: 'too_many_requests';
      readonly retryAfterSeconds: number;
      /** Whether the limit is about these callees alone [C29]. */
      readonly pair: boolean;
    };

type DialServices = Pick<Services, 'rooms'>;

/**
 * How often one request dials at most. When several people call the same others at once, the call
 * that a dial is led to can give way to a third one.
 */
const CROSSINGS = 3;

/**
 * Makes a call: its room rings.
 *
 * @throws {StoreError} when the rooms cannot be reached
 */
export const dial = async (services: DialServices, dialled: Dial): Promise<DialOutcome> => {
  const { from, to, people } = dialled;
  const found = findRecipients(people, from, to);
  if (!found.ok) return { outcome: found.reason };
  for (let left = CROSSINGS; left > 0; left--) {
    const result = await createCall(services, dialled, found);
    if (result) return result;
  }
  throw new StoreError('rooms', 'permit', new Error('The call has ended'));
};

/** Creates a call; answers undefined when it crossed another call that has just ended. */
const createCall = async (
  services: DialServices,
  { from, device, legacy, video, offer, request }: Dial,
  { caller, callees, unheard, push }: Extract<Recipients, { ok: true }>,
): Promise<DialOutcome | undefined> => {
  const id = crypto.randomUUID();
  const message = {
    type: 'create',
    caller,
    callees,
    ...(unheard.length > 0 && { unheard }),
    ...(push.length > 0 && { push }),
    device,
    old: legacy,
    video,
    ...(offer && { offer }),
    ...(request !== undefined && { request }),
  } as const;
  const created = await askCall(services, id, { message, answer: CreateAnswer });
  switch (created.outcome) {
    case 'created':
      return {
        ...created,
        outcome: 'call',
        call: id,
        role: 'caller',
        video,
        existing: false,
      };
    case 'instead':
      return joinExistingCall(services, created.call, { from, device });
    case 'limited': {
      const { retryAfterSeconds, pair = false } = created;
      return { outcome: 'too_many_requests', retryAfterSeconds, pair };
    }
    case 'failed':
      throw new StoreError('rooms', 'create', new Error('The inbox cannot be reached'));
    case 'in_call':
      return created;
  }
};

/** Asks whether this device may be in the call that exists; answers undefined when it has ended. */
const joinExistingCall = async (
  services: DialServices,
  call: string,
  { from: user, device }: Pick<Dial, 'from' | 'device'>,
): Promise<DialOutcome | undefined> => {
  const message = { type: 'permit', user, device, anew: true } as const;
  const permitted = await askCall(services, call, { message, answer: PermitAnswer });
  if (permitted.outcome === 'elsewhere') return { outcome: 'in_call', held: permitted.held };
  if (permitted.outcome === 'no_such_call') return undefined;
  const { role, video } = permitted;
  return { outcome: 'call', call, role, video, existing: true, state: 'ringing' };
};
