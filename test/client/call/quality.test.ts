import { describe, expect, test } from 'vitest';
import type { Received } from '../../../client/src/call/measure.ts';
import {
  describeMedia,
  judgeQuality,
  namePlatform,
  readStats,
} from '../../../client/src/call/measure.ts';
import { Timeline } from '../../../client/src/call/timeline.ts';

const NAME = 'Анна Петрова';
const USER = '0b5a1c9e-4b6e-4b0e-9d53-7a5f1f6c2a11';

/** What a browser answers, addresses and all. */
const stats = (more: Record<string, object> = {}): RTCStatsReport =>
  new Map<string, object>(
    Object.entries({
      T: { type: 'transport', selectedCandidatePairId: 'P' },
      P: {
        type: 'candidate-pair',
        localCandidateId: 'L',
        remoteCandidateId: 'R',
        currentRoundTripTime: 0.0421,
      },
      L: { type: 'local-candidate', candidateType: 'host', address: '192.168.7.7', port: 4_711 },
      R: { type: 'remote-candidate', candidateType: 'srflx', address: '203.0.113.9', port: 4_712 },
      A: {
        type: 'inbound-rtp',
        kind: 'audio',
        codecId: 'O',
        packetsReceived: 400,
        packetsLost: 4,
        totalSamplesDuration: 8.04,
      },
      V: { type: 'inbound-rtp', kind: 'video', packetsReceived: 500, framesDecoded: 240 },
      O: { type: 'codec', mimeType: 'audio/opus' },
      ...more,
    }),
  ) as unknown as RTCStatsReport;

const received = (more: Partial<Received>): Received => ({
  at: 0,
  packets: 0,
  lost: 0,
  frames: 0,
  frozenSeconds: 0,
  audioSeconds: 0,
  roundTripMs: 40,
  route: 'direct',
  codecs: [],
  ...more,
});

describe('how well media arrive', () => {
  test('What a browser counts is added up over sound and picture', () => {
    expect(readStats(stats(), 1_000)).toEqual({
      at: 1_000,
      packets: 900,
      lost: 4,
      frames: 240,
      frozenSeconds: 0,
      audioSeconds: 8.04,
      roundTripMs: 42,
      route: 'direct',
      codecs: ['audio/opus'],
    });
  });

  test.each([
    ['this side', { L: { type: 'local-candidate', candidateType: 'relay' } }, 'relayed'],
    ['the other side', { R: { type: 'remote-candidate', candidateType: 'relay' } }, 'relayed'],
    ['nobody that is known', { T: { type: 'transport' } }, 'unknown'],
  ])('The route is that of the pair in use: relayed by %s', (_, more, route) => {
    expect(readStats(stats(more), 0).route).toBe(route);
  });

  test.each([
    ['nothing is lost', { packets: 200 }, 'good'],
    ['one in twenty is lost', { packets: 190, lost: 10 }, 'poor'],
    ['a quarter is lost', { packets: 150, lost: 50 }, 'bad'],
    ['it takes half a second', { packets: 200, roundTripMs: 500 }, 'poor'],
    ['it takes two seconds', { packets: 200, roundTripMs: 2_000 }, 'bad'],
    ['the picture stands still for a second', { packets: 200, frozenSeconds: 1 }, 'bad'],
    ['nothing comes at all', {}, 'bad'],
  ] as const)('When %s, it is %s', (_, more, quality) => {
    expect(judgeQuality(received({}), received({ at: 2_000, ...more }))).toBe(quality);
  });

  test('Nothing is known after one reading, nor when another connection has begun', () => {
    expect(judgeQuality(undefined, received({ at: 2_000, packets: 9 }))).toBe('unknown');
    expect(judgeQuality(received({ packets: 900 }), received({ at: 2_000 }))).toBe('unknown');
  });
});

describe('the report of a call', () => {
  test('It has no address, no name and no id of anybody', () => {
    const timeline = new Timeline(() => 0);
    timeline.note('peer', USER, 'connected');
    timeline.note('ended', NAME);
    timeline.note('candidate', '192.168.7.7');
    timeline.note('quality', 'bad', 3);
    const media = describeMedia(readStats(stats(), 0));
    const text = JSON.stringify([timeline.lines, media]);
    expect(timeline.lines.map(({ what }) => what)).toEqual([
      'peer connected',
      'ended',
      'candidate',
      'quality bad 3',
    ]);
    for (const secret of [NAME, USER, '192.168', '203.0.113', '4711', '4712'])
      expect(text).not.toContain(secret);
    expect(media).toMatchObject({ route: 'direct', roundTripMs: 42, lostPercent: 0.4 });
  });

  test('However long a call lasts, it keeps the first and the last of what happened', () => {
    let now = 5_000;
    const timeline = new Timeline(() => now++);
    for (let i = 0; i < 10_000; i++) timeline.note('step', i);
    const lines = timeline.lines.map(({ what }) => what);
    expect(lines).toHaveLength(200);
    expect([lines[0], lines[49], lines[50], lines[199]]).toEqual([
      'step 0',
      'step 49',
      'step 9850',
      'step 9999',
    ]);
  });

  test.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/139.0.1.2 Safari/537.36',
      'Chrome 139, Linux',
    ],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Safari/604.1', 'Safari 19, iPhone'],
    [`${NAME}'s own browser`, 'another browser, another system'],
  ])('The platform of "%s" is told in words of a list', (userAgent, platform) => {
    expect(namePlatform(userAgent)).toBe(platform);
  });
});
