import type * as z from 'zod';
import { dropNulls } from '../src/contract/http/fields.ts';
import type { CloseReason, FrameError, Room } from '../src/contract/sockets/protocol.ts';
import type { Batch, Entrant, ToCall, ToInbox, ToWorker } from './wire/messages.ts';

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

/** What a room begins with. */
export interface RoomStart {
  /** What {@link RoomDefinition.kept} gave when it was written last. */
  readonly kept: unknown;
  /** The connections that the room had while it slept. */
  readonly present: readonly Present[];
  readonly now: number;
}

/**
 * A kind of room: a pure machine and what its host has to know. Plain JSON states, no sockets, no clock; times are milliseconds since 1970. Nothing in it throws.
 */
export interface RoomDefinition<State, Frame, Message> {
  readonly party: Room['party'];
  /** The longest frame, in bytes; longer ones end the connection, but for those that {@link decodeLong} knows. */
  readonly frameLimit: number;
  /** The text frame that asks for a sign of life, and its answer: a host can give it without waking the room. */
  readonly ping: readonly [string, string];
  /** Whether the room may sleep with its sockets open. */
  readonly hibernate: boolean;
  /** What it can be told. */
  readonly message: z.ZodType<Message>;
  /** The same of what it is told most, without the schema; undefined where that has to be asked. */
  quick?(said: object): Message | undefined;
  /** Whether it has to be known, when it is told this, who was heard when: for few, since it takes time. */
  asksWhoIsHere?(message: Message): boolean;
  /** What a text frame says; undefined where it is to be ignored. */
  decode(text: string, who: Entrant | undefined): Decoded<Frame> | undefined;
  /** What a text says that is longer, by so many bytes in all; undefined where such a one is too long. */
  decodeLong?(text: string, bytes: number, who: Entrant | undefined): Decoded<Frame> | undefined;
  /** Begins a room, from what was written if anything was. */
  start(id: string, from: RoomStart): Step<State>;
  step(state: State, event: RoomEvent<Frame, Message>, now: number): Step<State>;
  /** The part of a state that outlives its host. */
  kept(state: State): unknown;
  /** When the room has to be woken by an `alarm`, if at all, whatever becomes of its host until then. */
  deadline(state: State): number | undefined;
  /** When it wants an `alarm` as long as its host lives, if at all: nothing is written for it. */
  reminder?(state: State): number | undefined;
}

/** A frame, or why it is refused. */
export type Decoded<Frame> = { readonly frame: Frame } | { readonly error: FrameError };

/** The JSON object that a text is, if it is one. */
export const parseObject = (text: string): object | undefined => {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
};

/** Ready-made {@link RoomDefinition.decode} for frames with a `type`. What `quick` knows needs no schema. */
export const decodeWith = <Frame>(
  schema: z.ZodType<Frame>,
  types: readonly string[],
  quick?: (frame: object) => Frame | undefined,
) => {
  const decodeObject = decodeObjectWith(schema, types, quick);
  return (text: string): Decoded<Frame> => {
    const json = parseObject(text);
    return json ? decodeObject(json) : { error: 'malformed' };
  };
};

/** As {@link decodeWith}, for what is parsed already. */
export const decodeObjectWith =
  <Frame>(
    schema: z.ZodType<Frame>,
    types: readonly string[],
    quick?: (frame: object) => Frame | undefined,
  ) =>
  (json: object): Decoded<Frame> => {
    const known = quick?.(json);
    if (known) return { frame: known };
    const parsed = schema.safeParse(dropNulls(json));
    if (parsed.success) return { frame: parsed.data };
    const isType = 'type' in json && types.some((type) => type === json.type);
    return { error: isType ? 'invalid' : 'unknown_type' };
  };
