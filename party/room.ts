import type * as z from 'zod';
import { withoutNulls } from '../src/contract/fields.ts';
import type { Batch, Entrant, ToCall, ToInbox, ToWorker } from '../src/contract/room-messages.ts';
import type { CloseReason, FrameError, Room } from '../src/contract/rooms.ts';

/** Somebody connected to a room: the id of the connection, and whom the Worker let in (nobody in particular in a `qr` room). */
export interface Present {
  readonly id: string;
  readonly who: Entrant | undefined;
  /** When they were heard last, in milliseconds since 1970. */
  readonly heardAt: number;
}

/** What happens to a room. Ids are those of connections. */
export type RoomEvent<Frame, Message> =
  /** `present` are all who are connected, the one who joins among them. */
  | {
      readonly type: 'join';
      readonly id: string;
      readonly who: Entrant | undefined;
      readonly present: readonly Present[];
    }
  | { readonly type: 'frame'; readonly id: string; readonly frame: Frame }
  | { readonly type: 'leave'; readonly id: string }
  /**
   * Something told by the Worker or another room; to be answered by a `reply` with this request.
   * `present` is for those messages alone that {@link RoomDefinition.asksWhoIsHere}.
   */
  | {
      readonly type: 'message';
      readonly request: string;
      readonly message: Message;
      readonly present?: readonly Present[];
    }
  /** What became of a `post`: the answer to it, or undefined when none came. */
  | { readonly type: 'answered'; readonly n: number; readonly answer: unknown }
  | { readonly type: 'alarm'; readonly present: readonly Present[] };

/** What a room does. Without a connection's id, with all. */
export type Effect =
  | { readonly type: 'send'; readonly to?: string; readonly frame: object }
  | { readonly type: 'close'; readonly id?: string; readonly why: CloseReason }
  /** Writes what {@link RoomDefinition.kept} says. */
  | { readonly type: 'keep' }
  /** Deletes all that was kept; the room is as if it had never been. */
  | { readonly type: 'forget' }
  | { readonly type: 'reply'; readonly request: string; readonly answer: object }
  | {
      readonly type: 'post';
      readonly n: number;
      readonly to: Room | 'worker';
      readonly message: ToCall | ToInbox | ToWorker | Batch;
    };

/** The state that follows, and what to do, in this order. */
export interface Step<State> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/**
 * A kind of room: a pure machine and what its host has to know. Plain JSON states, no sockets, no clock; times are milliseconds since 1970. Nothing in it throws.
 */
export interface RoomDefinition<State, Frame, Message> {
  readonly party: Room['party'];
  /** In bytes. */
  readonly frameLimit: number;
  /** The text frame that asks for a sign of life, and its answer: a host can give it without waking the room. */
  readonly ping: readonly [string, string];
  /** Whether the room may sleep with its sockets open. */
  readonly hibernate: boolean;
  /** What it can be told. */
  readonly message: z.ZodType<Message>;
  /** Whether it has to be known, when it is told this, who was heard when: for few, since it takes time. */
  asksWhoIsHere?(message: Message): boolean;
  /** What a text frame says; undefined where it is to be ignored. */
  decode(
    text: string,
    who: Entrant | undefined,
  ): { readonly frame: Frame } | { readonly error: FrameError } | undefined;
  /** A room that begins, or begins again with what was kept; `present` are those whom it slept with. */
  start(id: string, kept: unknown, present: readonly Present[], now: number): Step<State>;
  step(state: State, event: RoomEvent<Frame, Message>, now: number): Step<State>;
  /** The part of a state that outlives its host. */
  kept(state: State): unknown;
  /** When the room has to be woken by an `alarm`, if at all, whatever becomes of its host until then. */
  deadline(state: State): number | undefined;
  /** When it wants an `alarm` as long as its host lives, if at all: nothing is written for it. */
  reminder?(state: State): number | undefined;
}

/** Ready-made {@link RoomDefinition.decode} for frames with a `type`. What `quick` knows needs no schema. */
export const decodeWith =
  <Frame>(schema: z.ZodType<Frame>, types: readonly string[], quick?: (frame: object) => Frame | undefined) =>
  (text: string): { frame: Frame } | { error: FrameError } => {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return { error: 'malformed' };
    }
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return { error: 'malformed' };
    const known = quick?.(json);
    if (known) return { frame: known };
    const parsed = schema.safeParse(withoutNulls(json));
    if (parsed.success) return { frame: parsed.data };
    const isType = 'type' in json && types.some((type) => type === json.type);
    return { error: isType ? 'invalid' : 'unknown_type' };
  };
