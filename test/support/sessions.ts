import { decodeJwt } from 'jose';
import type { Answer, Api } from './client.ts';
import { localApi, TestClock } from './client.ts';
import { freshPhone } from './fresh.ts';
import { signIn } from './sign-in.ts';

/** What a browser says of itself. */
export const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** The session of a token. */
export const sidOf = (token: string): string => String(decodeJwt(token).sid);
/** The user of a token. */
export const userOf = (token: string): string => String(decodeJwt(token).userId);
/** Reads the profile. */
export const profile = (at: Api, token: string) => at.send('GET', '/api/profile', { token });
/** Lists the sessions. */
export const sessions = (at: Api, token: string, userAgent = FIREFOX) =>
  at.send('GET', '/api/sessions', { token, headers: { 'User-Agent': userAgent } });
/** The ids in a list of sessions. */
export const idsOf = ({ body }: Answer) => (body.sessions as { id: string }[]).map(({ id }) => id);
/** Ends one session. */
export const revoke = (at: Api, token: string, id: string) =>
  at.send('DELETE', `/api/sessions/${id}`, { token });
/** Ends all others. */
export const revokeOthers = (at: Api, token: string) =>
  at.send('DELETE', '/api/sessions', { token });
/** What a session that has ended is answered. */
export const REFUSED = { status: 401, body: { error: 'Invalid token' } };

/** Signs one number in so many times, a minute apart; the tokens, the oldest first. */
export const signInTimes = async (count: number, at?: { api: Api; clock: TestClock }) => {
  const clock = at?.clock ?? new TestClock();
  const local =
    at?.api ?? localApi({ PHONE_SENDS_PER_DAY: '1000', PHONE_SEND_GAPS_SECONDS: '1' }, clock.now);
  const phone = freshPhone();
  const tokens: string[] = [];
  for (let n = 0; n < count; n += 1) {
    if (n > 0) clock.advance(60);
    tokens.push(await signIn(local, phone));
  }
  return { phone, tokens, clock, local };
};
