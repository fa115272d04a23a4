/**
 * The rules of signing in by phone (docs/rules/sign-in.md) as plain objects, without a store or a
 * clock. The property test compares the API with them.
 */

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const CODE_LIVES = 300 * SECOND;
const CODE_REPEATABLE = 30 * SECOND;
/** How many guesses while no code lives weigh as much as one wrong compare [A22]. */
const MISSES_PER_FAILURE = 10;
/** How many times as much an IPv4 address may do as an IPv6 /64 [A20, A21]. */
const IPV4_FACTOR = 10;

/** The limits, each of which is a setting [A7, A17, A18, A20, A21]. */
export interface Limits {
  readonly triesPerCode: number;
  readonly failuresPerDay: number;
  readonly sendsPerDay: number;
  /** Seconds after the first message, the second, and so on; the last goes for all others. */
  readonly gaps: readonly number[];
  readonly addressFailuresPerHour: number;
  readonly addressSendsPerHour: number;
}

/** What goes wrong during a request: a `dead` store does nothing, a `deaf` one loses its answer. */
export type Fault = 'redis dead' | 'redis deaf' | 'postgres dead' | 'postgres deaf' | undefined;

/** The addresses that requests come from, by their index. */
export const ADDRESS_KINDS = ['IPv6', 'IPv4'] as const;

/**
 * Who asks for what: numbers and addresses are indices, a code is the number of the request that
 * sent it.
 */
export interface Request {
  readonly phone: number;
  readonly address: number;
  readonly fault: Fault;
}

export interface Guess extends Request {
  /** Undefined = digits that no code has. */
  readonly code: number | undefined;
  /** The newest code of the phone: its requestId goes with digits that no code has. */
  readonly newest: number | undefined;
  /** Whether the client sends the requestId that came with this code. */
  readonly withRequestId: boolean;
}

/** What the API must answer. */
export type Expected =
  | { readonly status: 200; readonly digits: boolean }
  | { readonly status: 200; readonly token: 'new' | 'the same again' }
  | { readonly status: 400; readonly code: 'wrong_code' }
  | { readonly status: 429; readonly code: 'too_many_requests'; readonly retryAfterSeconds: number }
  | { readonly status: 503; readonly code: 'unavailable'; readonly retryAfterSeconds: number };

interface Code {
  readonly number: number;
  readonly expires: number;
  tries: number;
  /** Whether signing in with it needs no Postgres. */
  userKnown: boolean;
}

interface Phone {
  live: Code | undefined;
  used: (Code & { readonly at: number; readonly withRequestId: boolean }) | undefined;
  messages: number[];
  /** When the last message was changed in place of a new one; only the last two matter. */
  edits: number[];
  failures: number[];
  /** What Redis knows of the number's user: undefined = nothing yet. */
  known: 'nobody' | 'somebody' | undefined;
  hasUser: boolean;
}

interface Address {
  failures: number[];
  misses: number;
  unverified: { readonly phone: number; readonly at: number }[];
}

const UNAVAILABLE: Expected = { status: 503, code: 'unavailable', retryAfterSeconds: 5 };
const WRONG: Expected = { status: 400, code: 'wrong_code' };

/** Milliseconds until fewer than `limit` of these times are younger than `span`; 0 = now. */
const waitFor = (times: readonly number[], span: number, limit: number, now: number): number => {
  const blocking = times.filter((at) => at > now - span).at(-limit);
  return blocking === undefined ? 0 : blocking + span - now;
};

const tooMany = (waitMs: number): Expected => ({
  status: 429,
  code: 'too_many_requests',
  retryAfterSeconds: Math.ceil(waitMs / SECOND),
});

/** Phones and addresses, none of which has done anything at the start. */
export class Rules {
  readonly #limits: Limits;
  readonly #phones = new Map<number, Phone>();
  readonly #addresses = new Map<number, Address>();
  #codes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** POST request-code. Each answer with digits makes a code; codes are numbered from 0. */
  requestCode({ phone: index, address: from, fault }: Request, now: number): Expected {
    const limits = this.#limits;
    const [phone, address] = [this.#phone(index), this.#address(from)];
    // Nothing was sent, so nothing counts, and the code before still works.
    if (fault?.startsWith('redis')) return UNAVAILABLE;

    const young = (at: number) => at > now - DAY;
    phone.messages = phone.messages.filter(young);
    phone.edits = phone.edits.filter(young);
    const sent = [...phone.messages, ...phone.edits].sort((a, b) => a - b);
    const last = sent.at(-1);
    const gap = limits.gaps[Math.min(sent.length, limits.gaps.length) - 1] ?? 0;
    const wait = Math.max(
      last === undefined ? 0 : last + gap * SECOND - now,
      waitFor(
        address.unverified.map(({ at }) => at),
        HOUR,
        limits.addressSendsPerHour * this.#factor(from),
        now,
      ),
    );
    if (wait > 0) return tooMany(wait);

    // Past the messages of a day the last one is changed, and nobody is refused [A19].
    if (phone.messages.length < limits.sendsPerDay) phone.messages.push(now);
    else phone.edits = [...phone.edits.slice(-1), now];
    address.unverified.push({ phone: index, at: now });
    const spent = waitFor(phone.failures, DAY, limits.failuresPerDay, now) > 0;
    if (!spent) {
      const userKnown = phone.known === 'somebody';
      phone.live = { number: this.#codes++, expires: now + CODE_LIVES, tries: 0, userKnown };
    }
    // Behind the answer the number is looked up, if Redis does not know it; again after a failure.
    if (phone.known === undefined) {
      phone.known = phone.hasUser ? 'somebody' : 'nobody';
      if (phone.live && phone.hasUser) phone.live.userKnown = true;
    }
    return { status: 200, digits: !spent };
  }

  /** POST verify-code. */
  verifyCode(
    { phone: index, address: from, fault, code, newest, withRequestId }: Guess,
    now: number,
  ): Expected {
    const limits = this.#limits;
    const [phone, address] = [this.#phone(index), this.#address(from)];
    if (fault === 'redis dead') return UNAVAILABLE;
    /** Keeps what was done, but loses the answer. */
    const answer = (expected: Expected): Expected =>
      fault === 'redis deaf' ? UNAVAILABLE : expected;

    const { live, used } = phone;
    const usedJustNow =
      used !== undefined && used.number === code && now - used.at <= CODE_REPEATABLE;
    if (usedJustNow && used.withRequestId && withRequestId) {
      if (!used.userKnown && this.#postgresFails(phone, fault)) return UNAVAILABLE;
      return answer({ status: 200, token: 'the same again' });
    }

    const isLive = live !== undefined && live.expires > now;
    const limit = limits.addressFailuresPerHour * this.#factor(from);
    const addressWait = waitFor(address.failures, HOUR, limit, now);
    // Who shows the requestId of the live code is not refused because of the address [A23].
    const asked = isLive && withRequestId && live.number === (code ?? newest);
    const wait = Math.max(
      waitFor(phone.failures, DAY, limits.failuresPerDay, now),
      asked ? 0 : addressWait,
    );
    if (wait > 0) return answer(tooMany(wait));

    if (!isLive || live.number !== code) {
      if (usedJustNow) return answer(WRONG);
      if (!isLive) address.misses = (address.misses + 1) % MISSES_PER_FAILURE;
      const counts = isLive || address.misses === 0;
      if (counts && addressWait === 0) address.failures.push(now);
      if (isLive) {
        phone.failures.push(now);
        live.tries += 1;
        if (live.tries >= limits.triesPerCode) phone.live = undefined;
      }
      return answer(WRONG);
    }

    // The right code clears what was counted, also when the answer is lost; the code is not burnt
    // then.
    phone.failures = [];
    phone.used = undefined;
    address.unverified = address.unverified.filter((sent) => sent.phone !== index);
    live.userKnown ||= phone.known === 'somebody';
    if (!live.userKnown) phone.known = undefined;
    if (fault === 'redis deaf') return UNAVAILABLE;
    if (!live.userKnown && this.#postgresFails(phone, fault)) return UNAVAILABLE;
    phone.live = undefined;
    phone.used = { ...live, userKnown: live.userKnown || phone.hasUser, at: now, withRequestId };
    phone.hasUser = true;
    return { status: 200, token: 'new' };
  }

  /** Whether a phone's code has less than this many milliseconds to live. */
  expiresWithin(ms: number, phone: number, now: number): boolean {
    const left = (this.#phone(phone).live?.expires ?? now) - now;
    return left > 0 && left < ms;
  }

  #factor(address: number): number {
    return ADDRESS_KINDS[address] === 'IPv4' ? IPV4_FACTOR : 1;
  }

  /** Whether finding or making the user fails; a deaf Postgres has made them all the same. */
  #postgresFails(phone: Phone, fault: Fault): boolean {
    if (fault === 'postgres deaf') phone.hasUser = true;
    return fault === 'postgres dead' || fault === 'postgres deaf';
  }

  #phone(index: number): Phone {
    const known = this.#phones.get(index);
    const nothing = {
      live: undefined,
      used: undefined,
      messages: [],
      edits: [],
      failures: [],
      known: undefined,
      hasUser: false,
    };
    const phone: Phone = known ?? nothing;
    this.#phones.set(index, phone);
    return phone;
  }

  #address(index: number): Address {
    const address = this.#addresses.get(index) ?? { failures: [], misses: 0, unverified: [] };
    this.#addresses.set(index, address);
    return address;
  }
}
