import { LegacyFrame, type LegacyServerFrame } from '../../src/contract/sockets/legacy.ts';
import { SIGNAL_LIMIT } from '../../src/contract/sockets/protocol.ts';
import { quickSignal } from '../quick.ts';
import type { CarriedSignal } from '../wire/messages.ts';

type Payload = Readonly<Record<string, unknown>>;

/** Longer than any user's id or name. */
const NAME_LIMIT = 64;

const isRecord = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What an old client says, if it is anything (contract.md, "Calls over /ws": all else is ignored). */
export const decodeOld = (text: string): { readonly frame: LegacyFrame } | undefined => {
  try {
    const { data } = LegacyFrame.safeParse(JSON.parse(text));
    return data && { frame: data };
  } catch {
    return undefined;
  }
};

/** The same for what is longer than other frames may be: a signal, which itself may not be too long. */
export const decodeLongOld = (
  text: string,
  bytes: number,
): { readonly frame: LegacyFrame } | undefined => {
  const decoded = bytes > SIGNAL_LIMIT ? undefined : decodeOld(text);
  return decoded && 'payload' in decoded.frame ? decoded : undefined;
};

/** Whom an offer is for, as the client names them. */
export const calleeOf = ({ userId, targetUserId }: Payload): string | undefined =>
  [userId, targetUserId]
    .filter((name) => typeof name === 'string')
    .find((name) => name && name.length <= NAME_LIMIT);

/** Whether an offer is one with video. */
export const isVideo = (payload: Payload): boolean => payload['isVideo'] === true;

/** An offer or an answer of an old client. */
export const description = (kind: 'offer' | 'answer', payload: Payload): CarriedSignal => {
  const { sdp } = payload;
  const text = isRecord(sdp) ? sdp['sdp'] : sdp;
  return { kind, sdp: typeof text === 'string' ? text : '', raw: payload };
};

/** A candidate of an old client; undefined when it is none. */
export const candidate = (payload: Payload): CarriedSignal | undefined => {
  const signal = quickSignal(payload['candidate']);
  return signal && { ...signal, raw: payload };
};

/** What an old client is sent for a signal; nothing for the end of candidates of a new client, which old ones do not know. */
export const encodeOld = (
  signal: CarriedSignal,
  from: string,
  video: boolean,
): LegacyServerFrame | undefined => {
  const { kind, raw } = signal;
  switch (kind) {
    case 'offer': {
      const payload = isRecord(raw)
        ? raw
        : { sdp: { type: kind, sdp: signal.sdp }, isVideo: video };
      return { event: 'call:offer', payload: { ...payload, fromUserId: from } };
    }
    case 'answer':
      return {
        event: 'call:answer',
        payload: isRecord(raw) ? (raw['sdp'] ?? raw) : { type: kind, sdp: signal.sdp },
      };
    case 'candidate':
      if (raw === undefined && !signal.candidate?.candidate) return undefined;
      return { event: 'call:ice', payload: raw ?? { candidate: signal.candidate } };
  }
};
