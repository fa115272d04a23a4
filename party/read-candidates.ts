import { isObject, readCandidate, Signal } from '../src/contract/sockets/call.ts';
import type { CarriedSignal, ToCall, ToInbox } from './wire/messages.ts';

/**
 * Reads what rooms tell one another most, without schemas: the candidates of legacy clients and for
 * them. Schemas are slow where code must not be generated, as in Workers. Each function returns
 * undefined for what it does not read, and the schema decides about that.
 */

type Fields<Type> = { readonly [Name in keyof Type]?: unknown };
type SignalAction = Extract<Extract<ToCall, { type: 'act' }>['action'], { type: 'signal' }>;

const isNumber = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= least;

/** Reads a candidate with the payload that a legacy client sent. */
const readCarried = (signal: unknown): CarriedSignal | undefined => {
  if (!isObject(signal)) return;
  const said: Fields<{ kind: unknown; candidate: unknown; raw: unknown }> = signal;
  if (said.kind !== 'candidate' || !isObject(said.candidate)) return;
  const candidate = readCandidate(said.candidate);
  if (!candidate) return;
  const read = { kind: said.kind, candidate } as const;
  return 'raw' in said ? { ...read, raw: said.raw } : read;
};

/** Reads a candidate that the inbox of a legacy client tells a call. */
export const readCandidateToCall = (
  said: Fields<Extract<ToCall, { type: 'act' }>>,
): ToCall | undefined => {
  const { type, user, device } = said;
  if (type !== 'act' || typeof user !== 'string' || typeof device !== 'string') return;
  if (!isObject(said.action)) return;
  const action: Fields<SignalAction> = said.action;
  const { seq } = action;
  if (action.type !== 'signal' || !isNumber(seq, 1)) return;
  const signal = readCarried(action.signal);
  return signal && { type, user, device, action: { type: 'signal', seq, signal } };
};

/** Reads candidates that a call tells the inbox of a legacy client. */
export const readCandidatesToInbox = (
  said: Fields<Extract<ToInbox, { type: 'signal' }>>,
): ToInbox | undefined => {
  const { type, call, from, video, device, epoch, seq } = said;
  if (type !== 'signal' || typeof call !== 'string' || typeof from !== 'string') return;
  if (typeof video !== 'boolean' || !Number.isSafeInteger(seq) || !Array.isArray(said.signals))
    return;
  if (typeof device !== 'string' && device !== undefined) return;
  if (epoch !== undefined && !isNumber(epoch, 1)) return;
  const signals = said.signals.flatMap((signal: unknown) => readCarried(signal) ?? []);
  if (signals.length !== said.signals.length) return;
  const named = { ...(device !== undefined && { device }), ...(epoch !== undefined && { epoch }) };
  return { type, call, from, video, ...named, seq: Number(seq), signals };
};

/** Reads a candidate as a legacy client sends it; undefined if it is none. */
export const readLegacyCandidate = (candidate: unknown): Signal | undefined => {
  const read = readCarried({ kind: 'candidate', candidate });
  return read ?? Signal.safeParse({ kind: 'candidate', candidate }).data;
};
