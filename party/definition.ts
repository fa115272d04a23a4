import type * as z from 'zod';
import { dropNulls } from '../src/contract/http/fields.ts';
import type { CloseReason, FrameError, Room } from '../src/contract/sockets/protocol.ts';
import type { Batch } from './wire/batch.ts';
import type { Entrant, ToCall, ToInbox } from './wire/messages.ts';
import type { ToWorker } from './wire/to-worker.ts';

/** A connection of a room, and whom the Worker let in with it; nobody is named in a `qr` room. */
export interface Present {
  readonly id: string;
  readonly who: Entrant | undefined;
  /** When a frame came last, in milliseconds since 1970. */
  readonly heardAt: number;
}

/** What happens to a room. Ids are those of connections. */
export type RoomEvent<Frame, Message> =
  /** `present` are all connections, with the new one. */
  | {
      readonly type: 'join';
      readonly id: string;
      readonly who: Entrant | undefined;
      readonly present: readonly Present[];
    }
  | { readonly type: 'frame'; readonly id: string; readonly frame: Frame }
  | { readonly type: 'leave'; readonly id: string }
  /**
   * A message of the Worker or another room, to be answered by a `reply` with this request.
   * `present` is given where {@link RoomDefinition.asksWhoIsHere} says so.
   */
  | {
      readonly type: 'message';
      readonly request: string;
      readonly message: Message;
      readonly present?: readonly Present[];
    }
  /** A `post` was answered, or was not: then `answer` is undefined. */
  | { readonly type: 'answered'; readonly n: number; readonly answer: unknown }
  | { readonly type: 'alarm'; readonly present: readonly Present[] };

/** An effect of a step; without the id of a connection it concerns all. */
export type Effect =
  | { readonly type: 'send'; readonly to?: string; readonly frame: object }
  | { readonly type: 'close'; readonly id?: string; readonly why: CloseReason }
  /** Writes what {@link RoomDefinition.kept} returns. */
  | { readonly type: 'keep' }
  /** Deletes all that was written, with the alarm. */
  | { readonly type: 'forget' }
  | { readonly type: 'reply'; readonly request: string; readonly answer: object }
  | {
      readonly type: 'post';
      readonly n: number;
      readonly to: Room | 'worker';
      readonly message: ToCall | ToInbox | ToWorker | Batch;
    };

/** The state after a step, and its effects in order. */
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
 * A kind of room: a pure machine and what its host has to know. States are plain JSON, without
 * sockets or a clock; times are milliseconds since 1970. No function throws.
 */
export interface RoomDefinition<State, Frame, Message> {
  readonly party: Room['party'];
  /** The longest frame in bytes; a longer one ends the connection unless `decodeLong` reads it. */
  readonly frameLimit: number;
  /** The text frame that asks for a sign of life, and its answer, which wakes no room. */
  readonly ping: readonly [string, string];
  /** Whether the room may hibernate with its sockets open. */
  readonly hibernate: boolean;
  /** The schema of its messages. */
  readonly message: z.ZodType<Message>;
  /** Reads frequent messages without the schema; undefined where the schema has to decide. */
  quick?(said: object): Message | undefined;
  /** Whether a message needs `present`, which takes time to collect. */
  asksWhoIsHere?(message: Message): boolean;
  /** Decodes a text frame; undefined where it is to be ignored. */
  decode(text: string, who: Entrant | undefined): Decoded<Frame> | undefined;
  /** Decodes a frame over the limit, of so many bytes; undefined where it ends the connection. */
  decodeLong?(text: string, bytes: number, who: Entrant | undefined): Decoded<Frame> | undefined;
  /** Begins a room, from what was written if anything was. */
  start(id: string, from: RoomStart): Step<State>;
  step(state: State, event: RoomEvent<Frame, Message>, now: number): Step<State>;
  /** The part of a state that is written and outlives the host. */
  kept(state: State): unknown;
  /** When the room needs an `alarm`, also if its host dies before. */
  deadline(state: State): number | undefined;
  /** When it wants an `alarm` if its host lives: nothing is written for it. */
  reminder?(state: State): number | undefined;
}

/** A frame that was decoded, or why it is refused. */
export type Decoded<Frame> = { readonly frame: Frame } | { readonly error: FrameError };

/** Parses a JSON object; undefined for any other text. */
export const parseObject = (text: string): object | undefined => {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
};

/** The `type` of each frame in a union of frames. */
export const listFrameTypes = ({
  options,
}: {
  readonly options: readonly { readonly shape: { readonly type: { readonly value: string } } }[];
}): readonly string[] => options.map(({ shape }) => shape.type.value);

/** Makes a {@link RoomDefinition.decode} for frames with a `type`; `quick` goes first. */
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

/** As {@link decodeWith}, for objects that are parsed already. */
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
