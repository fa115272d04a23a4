import { Signal } from '../src/contract/sockets/call.ts';
import type { CarriedSignal, ToCall, ToInbox } from './wire/messages.ts';

/**
 * What rooms tell one another most: candidates of old clients and for them. The schemas are slow
 * where code must not be generated, as in Workers; they are asked for all that is not read here.
 */

type Fields<Type> = { readonly [Name in keyof Type]?: unknown };
type Candidate = NonNullable<Extract<Signal, { kind: 'candidate' }>['candidate']>;
type SignalAction = Extract<Extract<ToCall, { type: 'act' }>['action'], { type: 'signal' }>;

const isText = (value: unknown): value is string | null | undefined =>
  typeof value === 'string' || value == null;
const isIndex = (value: unknown): value is number | null | undefined =>
  Number.isSafeInteger(value) || value == null;
/** Whether it is an object, or a list. */
export const isSomething = (value: unknown): value is object =>
  typeof value === 'object' && value !== null;

/** What a candidate says that is as it has to be, without what else it carries. */
export const candidateIn = (value: Fields<Candidate>): Candidate | undefined => {
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = value;
  if (
    typeof candidate !== 'string' ||
    !isText(sdpMid) ||
    !isIndex(sdpMLineIndex) ||
    !isText(usernameFragment)
  )
    return;
  const read: Candidate = { candidate };
  if (sdpMid !== undefined) read.sdpMid = sdpMid;
  if (sdpMLineIndex !== undefined) read.sdpMLineIndex = sdpMLineIndex;
  if (usernameFragment !== undefined) read.usernameFragment = usernameFragment;
  return read;
};

const isNumber = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= least;

/** A candidate, with what an old client sent of it. */
const carriedIn = (signal: unknown): CarriedSignal | undefined => {
  if (!isSomething(signal)) return;
  const said: Fields<{ kind: unknown; candidate: unknown; raw: unknown }> = signal;
  if (said.kind !== 'candidate' || !isSomething(said.candidate)) return;
  const candidate = candidateIn(said.candidate);
  if (!candidate) return;
  const read = { kind: said.kind, candidate } as const;
  return 'raw' in said ? { ...read, raw: said.raw } : read;
};

/** What an old client's inbox tells a call, if it is a candidate; undefined where the schema has to be asked. */
export const quickToCall = (said: Fields<Extract<ToCall, { type: 'act' }>>): ToCall | undefined => {
  const { type, user, device } = said;
  if (type !== 'act' || typeof user !== 'string' || typeof device !== 'string') return;
  if (!isSomething(said.action)) return;
  const action: Fields<SignalAction> = said.action;
  const { seq } = action;
  if (action.type !== 'signal' || !isNumber(seq, 1)) return;
  const signal = carriedIn(action.signal);
  return signal && { type, user, device, action: { type: 'signal', seq, signal } };
};

/** What a call tells the inbox of an old client, if it is candidates; undefined where the schema has to be asked. */
export const quickToInbox = (
  said: Fields<Extract<ToInbox, { type: 'signal' }>>,
): ToInbox | undefined => {
  const { type, call, from, video, device, epoch, seq } = said;
  if (type !== 'signal' || typeof call !== 'string' || typeof from !== 'string') return;
  if (typeof video !== 'boolean' || !Number.isSafeInteger(seq) || !Array.isArray(said.signals))
    return;
  if (typeof device !== 'string' && device !== undefined) return;
  if (epoch !== undefined && !isNumber(epoch, 1)) return;
  const signals = said.signals.flatMap((signal: unknown) => carriedIn(signal) ?? []);
  if (signals.length !== said.signals.length) return;
  const named = { ...(device !== undefined && { device }), ...(epoch !== undefined && { epoch }) };
  return { type, call, from, video, ...named, seq: Number(seq), signals };
};

/** A candidate as an old client says it; undefined where it is none. */
export const quickSignal = (candidate: unknown): Signal | undefined => {
  const read = carriedIn({ kind: 'candidate', candidate });
  return read ?? Signal.safeParse({ kind: 'candidate', candidate }).data;
};
