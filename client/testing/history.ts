import type { CallRecord } from '../../party/wire/to-worker.ts';
import type { HistoryRow } from '../../src/calls/history.ts';
import { makePage, parseCursor } from '../../src/calls/history.ts';
import type { People } from './people.ts';

/** The calls that are over. */
export class CallHistory {
  readonly #people: People;
  readonly #records = new Map<string, CallRecord>();

  constructor(people: People) {
    this.#people = people;
  }

  /** Keeps how a call went; what comes twice changes nothing. */
  keep(record: CallRecord): void {
    if (!this.#records.has(record.call)) this.#records.set(record.call, record);
  }

  /** Lists a page of the calls of a user, the newest first, after the one that `before` names. */
  page(userId: string, { before, limit }: { before?: string | undefined; limit: number }) {
    const place = parseCursor(before);
    const all = [...this.#records.values()]
      .flatMap((record) => this.#rowOf(record, userId) ?? [])
      .sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
    const after = place ? all.findIndex(({ callId }) => callId === place.callId) + 1 : 0;
    return makePage(all.slice(after, after + limit + 1), limit);
  }

  #rowOf(record: CallRecord, userId: string): HistoryRow | undefined {
    const { call, caller, video, reason, createdAt, acceptedAt, endedAt, callees } = record;
    const me = callees.find(({ user }) => user === userId);
    if (caller !== userId && !me) return undefined;
    const others = [caller, ...callees.map(({ user }) => user)].filter((user) => user !== userId);
    return {
      callId: call,
      outgoing: caller === userId,
      missed: me?.missed ?? false,
      video,
      reason,
      createdAt: new Date(me?.invited?.at ?? createdAt),
      acceptedAt: acceptedAt === undefined ? null : new Date(acceptedAt),
      endedAt: new Date(endedAt),
      peers: others.map((other) => {
        const { username = '', displayName = '' } = this.#people.users.get(other) ?? {};
        return { userId: other, username, displayName };
      }),
    };
  }
}
