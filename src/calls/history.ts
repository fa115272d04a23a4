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

/** The call that a page comes after: calls are in order of their time, and of their ids where that is the same. */
export type Place = Pick<HistoryRow, 'callId' | 'createdAt'>;

/** A place as clients have it. */
export const cursorOf = ({ callId, createdAt }: Place): string =>
  `${createdAt.getTime().toString(36)}.${callId}`;

/** The place that {@link cursorOf} named; undefined for none. */
export const placeOf = (cursor: string | undefined): Place | undefined => {
  const [, time, callId] = CURSOR.exec(cursor ?? '') ?? [];
  return time && callId ? { callId, createdAt: new Date(Number.parseInt(time, 36)) } : undefined;
};

/** A call as the history shows it. */
export const pastCall = (row: HistoryRow): PastCall => {
  const { callId, outgoing, missed, video, reason, createdAt, acceptedAt, endedAt, peers } = row;
  return {
    callId,
    direction: outgoing ? 'outgoing' : 'incoming',
    video,
    group: peers.length > 1,
    startedAt: createdAt.toISOString(),
    answeredAt: acceptedAt?.toISOString() ?? null,
    endedAt: endedAt.toISOString(),
    durationSeconds: acceptedAt ? Math.round((endedAt.getTime() - acceptedAt.getTime()) / 1000) : 0,
    reason,
    missed,
    peers,
  };
};

/**
 * A page of the history.
 *
 * @param rows up to one more than the page shows, the newest first: the one more says that there are others
 */
export const pageOf = (rows: readonly HistoryRow[], limit: number) => {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { calls: shown.map(pastCall), next: last ? cursorOf(last) : null };
};
