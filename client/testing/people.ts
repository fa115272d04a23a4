import type { Device, METHODS } from '../../src/contract/http/sessions.ts';
import { drawRandomText } from '../../src/platform/random.ts';
import { parseUsername, toShownName, trimDisplayName } from '../../src/profile/names.ts';
import type { Clock } from '../src/options.ts';

/** A user of the test server. */
export interface User {
  readonly userId: string;
  readonly phone: string;
  username: string;
  displayName: string;
}

/** A session of a user. */
export interface Session {
  readonly userId: string;
  /** 22 characters base64url. */
  readonly sid: string;
  readonly token: string;
  readonly method: (typeof METHODS)[number];
  readonly device: Device;
  readonly createdAt: number;
  /** When it ends by itself, in milliseconds since 1970. */
  readonly until: number;
}

/** How long a session lives, in seconds. */
const SESSION_SECONDS = 30 * 86_400;

const NO_DEVICE: Device = { browser: '', system: '', city: '', country: '' };

const toBase64Url = (value: object): string =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Who there is, and where they are signed in. */
export class People {
  readonly users = new Map<string, User>();
  /** By their tokens. */
  readonly sessions = new Map<string, Session>();
  readonly #clock: Clock;
  #made = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whoever has a number; new if nobody has. */
  withPhone(phone: string): User {
    return this.#find((user) => user.phone === phone) ?? this.#add({ phone });
  }

  /** Whoever has a display name; new if nobody has, with a username that is like it. */
  withName(name: string): User {
    const known = this.#find(({ displayName }) => displayName === name);
    if (known) return known;
    const user = this.#add({});
    const parsed = parseUsername(name);
    const wanted = parsed.ok ? parsed.username : undefined;
    const isFree = wanted !== undefined && !this.withUsername(wanted);
    user.username = isFree ? wanted : `user_${this.#made}`;
    user.displayName = toShownName(trimDisplayName(name));
    return user;
  }

  withUsername(username: string): User | undefined {
    return this.#find((user) => user.username === username);
  }

  /** Begins a session, which is one device to the rooms. */
  signIn(
    { userId }: User,
    method: Session['method'],
    device: Device | undefined = NO_DEVICE,
  ): Session {
    const createdAt = this.#clock.now();
    const iat = Math.floor(createdAt / 1_000);
    const exp = iat + SESSION_SECONDS;
    const sid = drawRandomText(16);
    // Clients read the second part alone; the third is a secret here, and no signature.
    const token = `e30.${toBase64Url({ userId, sid, iat, exp })}.${drawRandomText(32)}`;
    const session = { userId, sid, token, method, device, createdAt, until: exp * 1_000 };
    this.sessions.set(token, session);
    return session;
  }

  /** The session of a token, while it lives. */
  sessionOf(token: string): Session | undefined {
    const session = this.sessions.get(token);
    return session && session.until > this.#clock.now() ? session : undefined;
  }

  /** The living sessions of a user, the newest first. */
  sessionsOf(userId: string): Session[] {
    return [...this.sessions.values()]
      .filter((one) => one.userId === userId && this.sessionOf(one.token))
      .reverse();
  }

  lives(sid: string): boolean {
    return [...this.sessions.values()].some((one) => one.sid === sid && this.sessionOf(one.token));
  }

  #find(isMeant: (user: User) => boolean): User | undefined {
    return [...this.users.values()].find(isMeant);
  }

  #add({ phone }: { readonly phone?: string }): User {
    const number = String(++this.#made).padStart(10, '0');
    const user = {
      userId: crypto.randomUUID(),
      phone: phone ?? `+7${number}`,
      username: '',
      displayName: '',
    };
    this.users.set(user.userId, user);
    return user;
  }
}
