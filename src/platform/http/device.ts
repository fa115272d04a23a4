import Bowser from 'bowser';
import type { Context } from 'hono';
import * as z from 'zod';
import type { Device } from '../../contract/http/sessions.ts';

/** As much of a User-Agent as is looked at: real ones are shorter. */
const USER_AGENT_LENGTH = 512;

/** The place that Cloudflare sees a client at (its `request.cf`), as far as it is known: Tor, `T1`, is no place. */
const Place = z
  .object({
    city: z.string().max(64).catch(''),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .catch(''),
  })
  .catch({ city: '', country: '' });

/** The names that are shown to people. Of browsers it does not know the library takes any text for the name: an attacker's message, for example. */
const BROWSERS = new Set(Object.values(Bowser.BROWSER_MAP));
const SYSTEMS = new Set(Object.values(Bowser.OS_MAP));
const oneOf = (names: ReadonlySet<string>, name = ''): string => (names.has(name) ? name : '');

/** What a request tells of its client: browser and system by its User-Agent, as far as they are known ones, and where it comes from. */
export const deviceOf = (c: Context): Device => {
  const userAgent = c.req.header('User-Agent')?.slice(0, USER_AGENT_LENGTH);
  const { browser, os } = userAgent ? Bowser.parse(userAgent) : { browser: {}, os: {} };
  const { city, country } = Place.parse('cf' in c.req.raw ? c.req.raw.cf : {});
  return { browser: oneOf(BROWSERS, browser.name), system: oneOf(SYSTEMS, os.name), city, country };
};
