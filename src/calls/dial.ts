import type { CarriedSignal, Held } from '../../party/wire/messages.ts';
import { Created, Permitted } from '../../party/wire/messages.ts';
import type { Reason } from '../contract/sockets/call.ts';
import { StoreError } from '../platform/errors.ts';
import type { Role } from '../rooms/ticket.ts';
import type { Services } from '../session/services.ts';
import { askCall } from './ask.ts';
import type { Resolved } from './people.ts';
import { resolve } from './people.ts';
import { findPeople } from './store.ts';

/** Somebody calls. */
export interface Dial {
  readonly from: string;
  /** The device that calls, and whether it is one of an old client. */
  readonly device: string;
  readonly old: boolean;
  /** Ids of users, or usernames. */
  readonly to: readonly string[];
  readonly video: boolean;
  readonly offer: CarriedSignal | undefined;
  /** The request of the inbox that it came of, for an old device. */
  readonly request?: number | undefined;
}

/** The call that came of it, which may be one that there is already between the two; or why there is none. */
export type Dialled =
  | {
      readonly outcome: 'call';
      readonly call: string;
      readonly role: Role;
      readonly video: boolean;
      /** Whether it was there before: nothing of this request is in it. */
      readonly existing: boolean;
      readonly state: 'ringing' | 'ended';
      readonly reason?: Reason | undefined;
    }
  | { readonly outcome: 'user_not_found' | 'call_to_oneself' }
  | { readonly outcome: 'in_call'; readonly held?: Held | undefined }
  | {
      readonly outcome: 'too_many_requests';
      readonly retryAfterSeconds: number;
      /** Whether it is about those who are called alone. */
      readonly pair: boolean;
    };

/**
 * How often somebody calls in one request at most: of several who call the same people at once, one
 * can be led to a call that gives way to a third one.
 */
const CROSSINGS = 3;

/**
 * Makes a call: one statement, and its room rings.
 *
 * @throws {StoreError} when the database or the rooms cannot be reached
 */
export const dial = async (services: Services, dialled: Dial): Promise<Dialled> => {
  const { from, to } = dialled;
  const resolved = resolve(await findPeople(services.db, from, to), from, to);
  if (!resolved.ok) return { outcome: resolved.reason };
  for (let left = CROSSINGS; left > 0; left--) {
    const result = await create(services, dialled, resolved);
    if (result) return result;
  }
  throw new StoreError('rooms', 'permit', new Error('The call has ended'));
};

/** Makes a call; undefined where the one that there was already has just ended. */
const create = async (
  services: Services,
  { from, to: _, ...how }: Dial,
  { caller, callees }: Extract<Resolved, { ok: true }>,
): Promise<Dialled | undefined> => {
  const { offer, request, ...rest } = how;
  const id = crypto.randomUUID();
  const message = {
    type: 'create',
    caller,
    callees,
    ...rest,
    ...(offer && { offer }),
    ...(request !== undefined && { request }),
  } as const;
  const created = await askCall(services, id, message, Created);
  switch (created.outcome) {
    case 'created':
      return {
        ...created,
        outcome: 'call',
        call: id,
        role: 'caller',
        video: how.video,
        existing: false,
      };
    case 'instead':
      return join(services, created.call, { from, device: how.device });
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

/** The call that there is already, if this device may be in it. */
const join = async (
  services: Services,
  call: string,
  { from: user, device }: Pick<Dial, 'from' | 'device'>,
): Promise<Dialled | undefined> => {
  const permitted = await askCall(
    services,
    call,
    { type: 'permit', user, device, anew: true },
    Permitted,
  );
  if (permitted.outcome === 'elsewhere') return { outcome: 'in_call', held: permitted.held };
  if (permitted.outcome === 'no_such_call') return undefined;
  const { role, video } = permitted;
  return { outcome: 'call', call, role, video, existing: true, state: 'ringing' };
};
