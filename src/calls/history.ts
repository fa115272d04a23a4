import type { PastCall } from '../contract/http/calls.ts';
import { CURSOR } from '../contract/http/calls.ts';
import type { Reason } from '../contract/sockets/call.ts';

/** A call as one of its members has it in the history. */
export interface HistoryRow {
  readonly callId: string;
  readonly outgoing: boolean;
  readonly missed: boolean;
  readonly video: boolean;
  readonly reason: Reason;
  readonly createdAt: Date;
  readonly acceptedAt: Date | null;
  readonly endedAt: Date;
  readonly peers: PastCall['peers'];
}

/** The call that a page comes after: calls are sorted by their time, then by their ids. */
export type Place = Pick<HistoryRow, 'callId' | 'createdAt'>;

/** Formats a place as the cursor that clients send back. */
export const formatCursor = ({ callId, createdAt }: Place): string =>
  `${createdAt.getTime().toString(36)}.${callId}`;

/** Parses a cursor of {@link formatCursor}; undefined for none, or a bad one. */
export const parseCursor = (cursor: string | undefined): Place | undefined => {
  const [, time, callId] = CURSOR.exec(cursor ?? '') ?? [];
  return time && callId ? { callId, createdAt: new Date(Number.parseInt(time, 36)) } : undefined;
};

/** Converts a row to a call as the history shows it. */
export const toPastCall = (row: HistoryRow): PastCall => {
  const { callId, outgoing, missed, video, reason, createdAt, endedAt, peers } = row;
  // Who was invited into a call did not talk before [C63].
  const answeredMs = row.acceptedAt && Math.max(row.acceptedAt.getTime(), createdAt.getTime());
  return {
    callId,
    direction: outgoing ? 'outgoing' : 'incoming',
    video,
    group: peers.length > 1,
    startedAt: createdAt.toISOString(),
    answeredAt: answeredMs === null ? null : new Date(answeredMs).toISOString(),
    endedAt: endedAt.toISOString(),
    durationSeconds: answeredMs === null ? 0 : Math.round((endedAt.getTime() - answeredMs) / 1000),
    reason,
    missed,
    peers,
  };
};

/**
 * Makes a page of the history.
 *
 * @param rows the newest first, one more than the page shows if there is a further page
 */
export const makePage = (rows: readonly HistoryRow[], limit: number) => {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { calls: shown.map(toPastCall), next: last ? formatCursor(last) : null };
};
