import { describe, expect, test } from 'vitest';
import type { HistoryRow } from '../../../src/calls/history.ts';
import { formatCursor, makePage, parseCursor, toPastCall } from '../../../src/calls/history.ts';
import { listCalls } from '../../../src/contract/http/calls.ts';

const anna = { userId: 'a', username: 'anna', displayName: 'Анна' };
const boris = { userId: 'b', username: '', displayName: '' };
const at = (seconds: number) => new Date(Date.UTC(2026, 10, 1, 12, 0, seconds));
const row = (more: Partial<HistoryRow> = {}): HistoryRow => ({
  callId: '0b5c9a5e-0000-4000-8000-000000000001',
  outgoing: true,
  missed: false,
  video: false,
  reason: 'hung_up',
  createdAt: at(0),
  acceptedAt: at(5),
  endedAt: at(47),
  peers: [anna],
  ...more,
});

describe('a call in the history', () => {
  test('[C9] a call began, was answered and ended, and lasts from the answer on', () => {
    expect(toPastCall(row())).toEqual({
      callId: '0b5c9a5e-0000-4000-8000-000000000001',
      direction: 'outgoing',
      video: false,
      group: false,
      startedAt: '2026-11-01T12:00:00.000Z',
      answeredAt: '2026-11-01T12:00:05.000Z',
      endedAt: '2026-11-01T12:00:47.000Z',
      durationSeconds: 42,
      reason: 'hung_up',
      missed: false,
      peers: [anna],
    });
  });

  test('[C9] a call that was not answered lasted no time, and its callees missed it', () => {
    const unanswered = { acceptedAt: null, reason: 'missed' } as const;
    const incoming = toPastCall(row({ ...unanswered, outgoing: false, missed: true }));
    expect(incoming).toMatchObject({
      direction: 'incoming',
      answeredAt: null,
      durationSeconds: 0,
      missed: true,
    });
    expect(toPastCall(row(unanswered))).toMatchObject({ direction: 'outgoing', missed: false });
  });

  test('[C8] a call of more than two is a group call', () => {
    expect(toPastCall(row({ peers: [anna, boris] })).group).toBe(true);
  });
});

describe('a page', () => {
  const rows = [
    row(),
    row({ callId: 'x', createdAt: at(-5) }),
    row({ callId: 'y', createdAt: at(-9) }),
  ];

  test('a page that others follow ends with the cursor of its last call', () => {
    const { calls, next } = makePage(rows, 2);
    expect(calls.map(({ callId }) => callId)).toEqual([rows[0]?.callId, 'x']);
    expect(parseCursor(next ?? '')).toEqual({ callId: 'x', createdAt: at(-5) });
  });

  test.each([3, 4])(
    'a page is the last when there are no more calls than the %i it shows',
    (limit) => {
      expect(makePage(rows, limit)).toMatchObject({ calls: { length: 3 }, next: null });
    },
  );
});

describe('a cursor', () => {
  test('a cursor names a place to the millisecond, and the contract takes it', () => {
    const place = { callId: row().callId, createdAt: new Date(1_793_534_400_123) };
    expect(parseCursor(formatCursor(place))).toEqual(place);
    expect(listCalls.query.parse({ before: formatCursor(place) })).toEqual({
      before: formatCursor(place),
      limit: 50,
    });
  });

  test.each(['', 'x', '1.', '.x', '1.a b', 'ABC.x', `${'z'.repeat(10)}.x`, '1.x\n'])(
    '%j is no cursor',
    (cursor) => {
      expect(listCalls.query.safeParse({ before: cursor }).error?.issues[0]?.message).toBe(
        'invalid_field',
      );
      expect(parseCursor(cursor)).toBeUndefined();
    },
  );

  test.each(['0', '101', '-1', '1.5', '', 'all', '007'])(
    'a cursor goes with a limit of 1 to 100, not %j',
    (limit) => {
      expect(listCalls.query.safeParse({ limit }).error?.issues[0]?.message).toBe('invalid_field');
    },
  );
});
