import Bowser from 'bowser';
import type { Context } from 'hono';
import * as z from 'zod';
import type { Device } from '../../contract/http/sessions.ts';

/** How much of a User-Agent is read, in characters: real ones are shorter. */
const USER_AGENT_LENGTH = 512;

/** The place of a client as Cloudflare knows it (`request.cf`); Tor, `T1`, is no place. */
const Place = z
  .object({
    city: z.string().max(64).catch(''),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .catch(''),
  })
  .catch({ city: '', country: '' });

/**
 * The names that are shown to people. For a browser that the library does not know it takes any
 * text as the name, which could be an attacker's message.
 */
const BROWSERS = new Set(Object.values(Bowser.BROWSER_MAP));
const SYSTEMS = new Set(Object.values(Bowser.OS_MAP));
const oneOf = (names: ReadonlySet<string>, name = ''): string => (names.has(name) ? name : '');

/** Reads the browser, the system and the place of a client; what is not known is `""`. */
export const deviceOf = (c: Context): Device => {
  const userAgent = c.req.header('User-Agent')?.slice(0, USER_AGENT_LENGTH);
  const { browser, os } = userAgent ? Bowser.parse(userAgent) : { browser: {}, os: {} };
  const { city, country } = Place.parse('cf' in c.req.raw ? c.req.raw.cf : {});
  return { browser: oneOf(BROWSERS, browser.name), system: oneOf(SYSTEMS, os.name), city, country };
};
