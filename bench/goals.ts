/** What a figure has to be. */
export interface Goal {
  readonly text: string;
  isMet(value: number): boolean;
  /** Whether a busy machine is no excuse any more; figures that are not robust never are that. */
  isBroken(value: number): boolean;
}

/**
 * At most so much.
 *
 * @param worst what only a fault exceeds, whatever else the machine does
 */
const atMost = (limit: number, unit: string, worst = Number.POSITIVE_INFINITY): Goal => ({
  text: `≤ ${limit.toLocaleString('en')} ${unit}`,
  isMet: (value) => value <= limit,
  isBroken: (value) => value > worst,
});

/** At least so much; `worst` as above, the other way round. */
const atLeast = (limit: number, unit: string, worst = Number.NEGATIVE_INFINITY): Goal => ({
  text: `≥ ${limit.toLocaleString('en')} ${unit}`,
  isMet: (value) => value >= limit,
  isBroken: (value) => value < worst,
});

/** None at all; `worst` is how many only a fault brings. */
const none = (worst = Number.POSITIVE_INFINITY): Goal => ({
  text: 'none',
  isMet: (value) => value === 0,
  isBroken: (value) => value > worst,
});

/**
 * The goals of all measures. Absolute ones are for two quiet cores. Those of codes and QR codes at
 * 32 at once come from what the legacy server reached there: as much, a half more, or half of it.
 */
export const GOALS = {
  // requests, 32 at once, stores beside the Worker
  requestCode: atLeast(2_290, '/s'),
  verifyCode: atLeast(750, '/s'),
  requestQr: atLeast(2_500, '/s'),
  checkQr: atLeast(3_100, '/s'),
  verifyProcessor: atMost(600, 'µs'),
  /** Of what better-auth needs for the same. */
  processorBeside: atMost(0.6, '× better-auth', 2.5),
  refused: none(),

  // requests, one at a time, stores 20 ms away
  verifyKnownFar: atMost(23, 'ms'),
  verifyNewFar: atMost(45, 'ms'),
  profileFar: atMost(23, 'ms'),
  besideFar: atLeast(8, '× better-auth'),

  // calls
  relayP50: atMost(1.15, '× bare room'),
  relayP99: atMost(1.5, '× bare room'),
  relayProcessor: atMost(1.5, '× bare room', 4),
  throughput: atLeast(0.9, '× bare room', 0.3),
  memory: atMost(160, 'MB'),
  ringP50: atMost(10, 'ms'),
  ringP99: atMost(30, 'ms'),
  roundTrips: atMost(1, 'round trip', 1),

  // legacy clients
  legacyLost: none(0),
  legacyP50: atMost(5, 'ms'),
  legacyP99: atMost(50, 'ms'),
  legacyProcessor: atMost(150, 'µs'),

  // chats
  seenP50: atMost(25, 'ms'),
  seenP99: atMost(100, 'ms'),
  chatsFailed: none(),
  chatsLost: none(0),
  chatsDoubled: none(0),

  // what more people, calls and messages cost
  growth: atMost(2, '×', 5),
  /** The allocator gives back what it likes, so two equal loads differ by as much. */
  keptMemory: atMost(16, 'MB'),

  startUp: atMost(80, 'ms'),

  sdkBeside: atMost(1, '× PeerJS'),
  sdkReturns: none(),
} as const satisfies Record<string, Goal>;
