import type { HeldCall } from '../../party/wire/fields.ts';
import type { Entrant, ToCall, ToInbox } from '../../party/wire/messages.ts';
import { CreateAnswer, PermitAnswer } from '../../party/wire/messages.ts';
import type { CallRecord } from '../../party/wire/to-worker.ts';
import { ToWorker } from '../../party/wire/to-worker.ts';
import type { Signal } from '../../src/contract/sockets/call.ts';
import type { Room } from '../../src/contract/sockets/protocol.ts';
import { hold } from './broken.ts';
import type { Clock } from './clock.ts';
import type { OnAnswer, Posts } from './network.ts';

type Create = Extract<ToCall, { type: 'create' }>;

/** What POST /api/calls or the ticket route answers; undefined when it fails. */
export type Admission =
  | {
      readonly outcome: 'call';
      readonly call: string;
      readonly role: 'caller' | 'callee';
      readonly created: boolean;
      readonly movable?: boolean | undefined;
    }
  | { readonly outcome: 'ended' | 'no_such_call' }
  | { readonly outcome: 'refused' | 'elsewhere'; readonly held?: HeldCall | undefined };

/** A room, as the Worker reaches it. */
interface Reached {
  readonly room: Room;
  ask(message: object, onAnswer: OnAnswer): void;
}

/** What the Worker needs of the world. */
export interface Reach {
  readonly clock: Clock;
  readonly posts: Posts;
  call(id: string): Reached;
  inbox(user: string): Reached;
}

/** How long a ticket admits, in milliseconds. */
const TICKET_MS = 60_000;

/** How long a session lives, in milliseconds. */
const SESSION_MS = 30 * 24 * 3_600_000;

/** The users in the database. */
const USERS = new Set('ABCDEFGH');

/** The profile of a user. */
export const profileOf = (user: string) => ({
  user,
  username: user.toLowerCase(),
  displayName: `User ${user}`,
});

/** The Worker's part in calls, as `src/calls/` and `party/wire/` play it; its database is a map. */
export class SimulatedWorker {
  /** Call → its record, as it was first told. */
  readonly records = new Map<string, CallRecord>();
  /** The calls that a legacy device began, whichever device has them now. */
  readonly madeByLegacy = new Set<string>();
  /** Calls that POST has made, and what each was answered. */
  readonly made = new Map<string, CreateAnswer['outcome'] | undefined>();
  /** Call → the call that was answered in its place. */
  readonly instead = new Map<string, string>();
  /** Sessions whose inbox could not be told that they have ended. */
  readonly untold = new Set<string>();
  readonly #reach: Reach;
  /** Session → when it ended, in milliseconds. */
  readonly #ended = new Map<string, number>();
  #tickets = 0;

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  lives(sid: string): boolean {
    return !this.#ended.has(sid);
  }

  /** Whether a session had ended at some time, in milliseconds. */
  hadEnded(sid: string, at: number): boolean {
    return (this.#ended.get(sid) ?? Number.POSITIVE_INFINITY) <= at;
  }

  /** Ends a session and tells the user's inbox, in up to three tries. */
  revoke(user: string, sid: string) {
    this.#ended.set(sid, this.#reach.clock.now);
    const tell = (tries: number) =>
      this.#ask(this.#reach.inbox(user), { type: 'revoked', sids: [sid] }, (answer) => {
        if (answer !== undefined) return;
        if (tries > 1) tell(tries - 1);
        else this.untold.add(sid);
      });
    tell(3);
  }

  /** The entrant that a new ticket lets in. */
  entrant(
    user: string,
    sid: string,
    { role, takeOver }: Pick<Entrant, 'role' | 'takeOver'> = {},
  ): Entrant {
    const { now } = this.#reach.clock;
    const ticket = { id: `t${++this.#tickets}`, until: Math.floor(now / 1000) * 1000 + TICKET_MS };
    return {
      user,
      device: sid,
      sid,
      old: false,
      until: now + SESSION_MS,
      ticket,
      ...(role && { role }),
      ...(takeOver && { takeOver }),
    };
  }

  /** Plays POST /api/calls, and what an inbox asks for a legacy client. */
  dial(
    from: string,
    device: string,
    old: boolean,
    to: readonly string[],
    offer: (Signal & { raw?: unknown }) | undefined,
    onAdmission: (admission: Admission | undefined) => void,
    request?: number,
  ) {
    if (to.includes(from) || to.some((user) => !USERS.has(user)))
      return onAdmission({ outcome: 'refused' });
    const call = `c${this.made.size + 1}`;
    this.made.set(call, undefined);
    if (old) this.madeByLegacy.add(call);
    const create: Create = {
      type: 'create',
      caller: profileOf(from),
      device,
      old,
      callees: to.map(profileOf),
      video: false,
      ...(offer && { offer }),
      ...(request !== undefined && { request }),
    };
    this.#ask(this.#reach.call(call), create, (answer) => {
      const created = answer === undefined ? undefined : CreateAnswer.parse(answer);
      this.made.set(call, created?.outcome);
      switch (created?.outcome) {
        case 'created':
          onAdmission(
            created.state === 'ended'
              ? { outcome: 'ended' }
              : { outcome: 'call', call, role: 'caller', created: true },
          );
          return;
        case 'instead':
          this.instead.set(call, created.call);
          this.permit(created.call, { user: from, device }, onAdmission);
          return;
        case 'in_call':
          onAdmission({ outcome: 'refused', held: created.held });
          return;
        case 'limited':
          onAdmission({ outcome: 'refused' });
          return;
        default:
          onAdmission(undefined);
      }
    });
  }

  /** Plays POST /api/calls/:id/ticket. */
  permit(
    call: string,
    { user, device, takeOver }: { user: string; device: string; takeOver?: boolean },
    onAdmission: (admission: Admission | undefined) => void,
  ) {
    const ask = { type: 'permit', user, device, ...(takeOver && { takeOver }) } as const;
    this.#ask(this.#reach.call(call), ask, (answer) => {
      if (answer === undefined) return onAdmission(undefined);
      const permitted = PermitAnswer.parse(answer);
      if (permitted.outcome !== 'ok') return onAdmission(permitted);
      const { role, movable } = permitted;
      onAdmission({ outcome: 'call', call, role, created: false, movable });
    });
  }

  /** Takes what a room tells the Worker. */
  hear(message: object, onAnswer: OnAnswer) {
    const told = ToWorker.parse(JSON.parse(JSON.stringify(message)));
    if (told.type === 'record') {
      const before = this.records.get(told.call);
      const changed = before !== undefined && JSON.stringify(before) !== JSON.stringify(told);
      hold(!changed, () => `${told.call} was recorded twice, differently`);
      this.records.set(told.call, told);
      return onAnswer({ outcome: 'done' });
    }
    if (told.type === 'sessions') {
      const sids = told.sessions.map(({ sid }) => sid);
      return onAnswer({ outcome: 'ok', ended: sids.filter((sid) => !this.lives(sid)) });
    }
    // Nobody chats here.
    if (told.type !== 'call') return onAnswer(undefined);
    const { from, device, to, offer, request } = told;
    const answer = (admission: Admission | undefined) => {
      const isTheirs = admission?.outcome === 'call' && admission.role === 'caller';
      // The Worker answers 503 when it cannot reach a room, and is asked again.
      if (admission === undefined) onAnswer(undefined);
      else onAnswer(isTheirs ? { outcome: 'ok', call: admission.call } : { outcome: 'no' });
    };
    this.dial(from, device, true, [to], offer, answer, request);
  }

  #ask(room: Reached, message: ToCall | ToInbox, onAnswer: OnAnswer) {
    this.#reach.posts.carry(
      room.room.id,
      message.type,
      (hear) => room.ask(message, hear),
      onAnswer,
    );
  }
}
