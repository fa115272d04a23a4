import type { CreateAnswer, PermitAnswer, ToCall } from '../../../party/wire/messages.ts';
import { profileOf } from '../worker.ts';
import type { World } from '../world.ts';

/** What POST /api/calls answers; undefined is 503. */
export type Dialled =
  | {
      readonly status: 201;
      readonly call: string;
      readonly role: 'caller' | 'callee';
      readonly existing: boolean;
      readonly state: 'ringing' | 'ended';
      readonly reason?: string | undefined;
    }
  | { readonly status: 409 | 429 | 503; readonly code: string };

/** What POST /api/calls/:id/ticket answers. */
export type Ticket =
  | { readonly status: 200; readonly role: 'caller' | 'callee'; readonly movable: boolean }
  | {
      readonly status: 404 | 409 | 503;
      readonly code: string;
      readonly reason?: string | undefined;
    };

/** A device that asks. */
interface Asker {
  readonly user: string;
  readonly sid: string;
}

const UNAVAILABLE = { status: 503, code: 'unavailable' } as const;

/** The routes of the Worker that the client's machine uses, on the posts of the world. */
export class Api {
  readonly #world: World;
  /** How each call was answered. */
  readonly made = new Map<string, CreateAnswer['outcome'] | undefined>();

  constructor(world: World) {
    this.#world = world;
  }

  dial(
    { user, sid }: Asker,
    { to, offer }: { readonly to: readonly string[]; readonly offer: string | undefined },
    hear: (answer: Dialled) => void,
  ) {
    const call = `c${this.made.size + 1}`;
    this.made.set(call, undefined);
    const create: ToCall = {
      type: 'create',
      caller: profileOf(user),
      device: sid,
      old: false,
      callees: to.map(profileOf),
      video: false,
      ...(offer !== undefined && { offer: { kind: 'offer', sdp: offer } }),
    };
    this.#ask(call, create, (answer) => {
      const created = answer as CreateAnswer | undefined;
      this.made.set(call, created?.outcome);
      if (created?.outcome === 'created') {
        const { state, reason } = created;
        return hear({ status: 201, call, role: 'caller', existing: false, state, reason });
      }
      if (created?.outcome === 'in_call') return hear({ status: 409, code: 'in_call' });
      if (created?.outcome === 'limited') return hear({ status: 429, code: 'too_many_requests' });
      if (created?.outcome !== 'instead') return hear(UNAVAILABLE);
      this.#permit({ user, sid }, { call: created.call, anew: true }, (permitted) => {
        if (permitted?.outcome === 'elsewhere') hear({ status: 409, code: 'in_call' });
        else if (permitted?.outcome !== 'ok') hear(UNAVAILABLE);
        else {
          const { role } = permitted;
          hear({ status: 201, call: created.call, role, existing: true, state: 'ringing' });
        }
      });
    });
  }

  ticket(
    asker: Asker,
    asked: { readonly call: string; readonly takeOver: boolean },
    hear: (answer: Ticket) => void,
  ) {
    this.#permit(asker, asked, (permitted) => {
      if (permitted?.outcome === 'ok') {
        const { role, movable = false } = permitted;
        hear({ status: 200, role, movable });
      } else if (permitted?.outcome === 'elsewhere')
        hear({ status: 409, code: 'answered_elsewhere' });
      else if (permitted?.outcome === 'no_such_call')
        hear({ status: 404, code: 'call_not_found', reason: permitted.reason });
      else hear(UNAVAILABLE);
    });
  }

  /** Invites somebody; what became of it is told by the room. */
  invite({ user, sid: device }: Asker, { call, to }: { call: string; to: string }) {
    const message: ToCall = { type: 'invite', user, device, callee: profileOf(to) };
    this.#ask(call, message, () => undefined);
  }

  #permit(
    { user, sid: device }: Asker,
    { call, ...how }: { call: string; takeOver?: boolean; anew?: boolean },
    hear: (answer: PermitAnswer | undefined) => void,
  ) {
    this.#ask(call, { type: 'permit', user, device, ...how }, (answer) =>
      hear(answer as PermitAnswer | undefined),
    );
  }

  #ask(call: string, message: ToCall, hear: (answer: unknown) => void) {
    const { posts } = this.#world;
    posts.carry(call, message.type, (back) => this.#world.call(call).ask(message, back), hear);
  }
}
