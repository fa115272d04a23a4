import type { LegacyServerFrame } from '../../src/contract/sockets/legacy.ts';
import { LegacyFrame } from '../../src/contract/sockets/legacy.ts';
import { SIGNAL_LIMIT } from '../../src/contract/sockets/protocol.ts';
import { parseObject } from '../definition.ts';
import { readLegacyCandidate } from '../read-candidates.ts';
import type { CarriedSignal } from '../wire/messages.ts';

type Payload = Readonly<Record<string, unknown>>;

/** Longer than the id and the name of any user, in characters. */
const NAME_LIMIT = 64;

const isRecord = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Decodes a frame of a legacy client; undefined if it is unknown or malformed [C38]. */
export const decodeLegacy = (text: string): { readonly frame: LegacyFrame } | undefined => {
  const json = parseObject(text);
  if (!json) return undefined;
  const quick = readCandidateFrame(json);
  if (quick) return { frame: quick };
  const { data } = LegacyFrame.safeParse(json);
  return data && { frame: data };
};

/** Reads a candidate, as most frames are, without the schema, which is slow in Workers. */
const readCandidateFrame = (json: { event?: unknown; payload?: unknown }) => {
  const { event, payload } = json;
  // The schema drops a field that an object may not have.
  if (event !== 'call:ice' || !isRecord(payload) || Object.hasOwn(payload, '__proto__')) return;
  return { event, payload } as const;
};

/** Decodes a frame beyond the limit of other frames: only a signal may be so long [C21]. */
export const decodeLongLegacy = (
  text: string,
  bytes: number,
): { readonly frame: LegacyFrame } | undefined => {
  const decoded = bytes > SIGNAL_LIMIT ? undefined : decodeLegacy(text);
  return decoded && 'payload' in decoded.frame ? decoded : undefined;
};

/** The id or name of the user whom an offer calls. */
export const calleeOf = ({ userId, targetUserId }: Payload): string | undefined =>
  [userId, targetUserId]
    .filter((name) => typeof name === 'string')
    .find((name) => name && name.length <= NAME_LIMIT);

/** Whether an offer is one with video. */
export const isVideo = (payload: Payload): boolean => payload['isVideo'] === true;

/** Converts an offer or an answer; one without SDP has an empty one. */
export const toDescription = (kind: 'offer' | 'answer', payload: Payload): CarriedSignal => {
  const { sdp } = payload;
  const text = isRecord(sdp) ? sdp['sdp'] : sdp;
  return { kind, sdp: typeof text === 'string' ? text : '', raw: payload };
};

/** Converts a candidate; undefined if it is none. */
export const toCandidate = (payload: Payload): CarriedSignal | undefined => {
  const signal = readLegacyCandidate(payload['candidate']);
  return signal && { ...signal, raw: payload };
};

/**
 * Encodes a signal as the legacy server sent it [C37]. The end of candidates of a new client is
 * undefined, since legacy clients do not know it.
 */
export const encodeLegacy = (
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
