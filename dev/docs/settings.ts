import type { SettingName } from '../../src/platform/settings.ts';

/** What each setting is, in Markdown. */
export const SETTING_TEXTS: Readonly<Record<SettingName, string>> = {
  DATABASE_URL:
    '`postgres://…` of the database at Neon. For `npm start`: a real server to put behind the ' +
    'gateway',
  DATABASE_ENDPOINT: 'where SQL over HTTP is spoken, when it is not Neon',
  UPSTASH_REDIS_REST_URL: 'the REST address of the Redis at Upstash',
  UPSTASH_REDIS_REST_TOKEN: 'its token, the one that may write',
  JWT_SECRET:
    'signs tokens. At least 32 bytes, as all secrets that sign or hash: this, `CODE_SECRET`, ' +
    '`ROOMS_SECRET`, `TURN_SECRET`',
  JWT_SECRET_PREVIOUS:
    'tokens signed with it are taken too, and it may be shorter: the secret of the legacy ' +
    'server, ' +
    'so that the move signs nobody out, or the former one while the secret changes ' +
    '([how](operations.md#rotate-jwt_secret))',
  CODE_SECRET: 'the key that codes are hashed with; at least 32 bytes',
  CODE_SECRET_PREVIOUS: 'the former key, for five minutes after it changed',
  TELEGRAM_BOT_TOKEN: 'the bot that sends the codes',
  TELEGRAM_API_URL: 'the Bot API',
  TELEGRAM_LINK_SECRET:
    'what link-telegram wants in `X-Link-Secret`; unset, it answers 403. Locally `dev-link-secret`',
  TELEGRAM_WEBHOOK_SECRET:
    'what Telegram sends along with the updates of the bot: 16 to 256 of `A-Z a-z 0-9 _ -`; ' +
    'unset, ' +
    'the webhook answers 503. Locally a random one',
  TELEGRAM_BOT_URL:
    'where people open the bot to link their number, such as `https://t.me/the_bot`: request-code ' +
    'answers it as `botUrl`. Locally the stand-in',
  APP_URL:
    'where the web client lives. QR codes lead to `APP_URL/qr?code=…`, sign-in links to ' +
    '`APP_URL/sign-in#…`; without it there are no links, and QR codes say `aist://qr?code=…`. ' +
    'Locally the address of the API, which serves the app',
  STUN_URLS:
    'STUN servers for calls, comma-separated: `stun:host:port,…` (RFC 7064); what browsers ' +
    'refuse ' +
    'is refused here',
  TURN_URLS:
    'TURN servers of your own in place of Cloudflare’s, comma-separated: ' +
    '`turn:host:port?transport=udp,…` (RFC 7065)',
  TURN_SECRET:
    'their shared secret, at least 32 bytes (coturn: `use-auth-secret`, `static-auth-secret`)',
  TURN_KEY_ID:
    'a key of Cloudflare’s TURN: each device in a call gets credentials of its own, which are ' +
    'revoked when it ends',
  TURN_KEY_API_TOKEN: 'the token of that key',
  TURN_API_URL: 'the API of Cloudflare’s TURN',
  TURN_TTL_SECONDS:
    'how long TURN credentials last: longer than any call, and at most 172800 (48 hours)',
  ROOMS_URL: 'where rooms live when they do not live in the Worker',
  ROOMS_SECRET:
    'the secret that Worker and rooms share then, at least 32 bytes. A host of rooms needs ' +
    '`ROOMS_SECRET`, `ROOMS_URL` and `API_URL`, nothing else',
  VAPID_PUBLIC_KEY:
    'the key that browsers subscribe to pushes with; `npm run push:keys` makes it and the next. ' +
    'Without these three nothing is pushed. Locally a pair of this checkout’s own',
  VAPID_PRIVATE_KEY: 'the key that pushes are signed with (RFC 8292)',
  VAPID_SUBJECT:
    'whom a push service asks about our pushes: `mailto:…` or `https://…`. Safari’s wants a real ' +
    'address',
  PUSH_SERVICES:
    'the hosts, and all below them, to which a subscription may lead, comma-separated: whatever ' +
    'else a client names is refused. One that begins with `http://` is that very origin: for a ' +
    'stand-in on this machine',
  CORS_ORIGINS: 'origins that browsers may call from, comma-separated',
  PHONE_COUNTRIES:
    'further countries whose numbers are taken, with their plus: ISO 3166 codes, comma-separated',
  TEST_PHONES:
    'numbers with a fixed code that is not sent, for app reviews and CI: ' +
    '`+79990000001=123456,…`. Locally that very number',
  DEBUG_CODE: '`on` answers codes as `debugCode`; refused beside a real bot token. Locally `on`',
  ADDRESS_LIMITS: '`off` ends the limits per address, for load tests',
  CODE_TRIES: 'compared tries per code; then it is dead',
  PHONE_FAILURES_PER_DAY:
    'wrong compares per number in 24 hours, over all its codes; a success clears them',
  PHONE_SENDS_PER_DAY:
    'messages to a number in 24 hours; further requests change the last one in place',
  PHONE_SEND_GAPS_SECONDS:
    'the least time after the first, second, … message to a number; the last goes for changes of ' +
    'it too',
  ADDRESS_FAILURES_PER_HOUR:
    'wrong compares from an IPv6 /64; this and the three below are ten times as much for an IPv4 ' +
    'address, behind which a carrier may have thousands. Ten guesses while no code lives weigh ' +
    'as ' +
    'much as one; who shows the `requestId` of the live code is not refused for it',
  ADDRESS_SENDS_PER_HOUR: 'messages that an IPv6 /64 asked for and nobody verified',
  ADDRESS_QR_REQUESTS_PER_HOUR: 'QR codes that an IPv6 /64 may ask for',
  ADDRESS_QR_MISSES_PER_10_MINUTES:
    'QR codes that an IPv6 /64 polled and nobody had; poll tokens are served past it. As many by ' +
    'whoever is signed in, who counts alone',
};

/** Defaults that the schema does not say, or not as a reader asks for them. */
export const DEFAULTS_IN_WORDS: Readonly<Partial<Record<SettingName, string>>> = {
  DATABASE_ENDPOINT: 'Neon’s own',
  STUN_URLS: 'Google’s and Cloudflare’s',
  PUSH_SERVICES: 'those of Chrome, Firefox, Safari and Edge',
  CORS_ORIGINS: 'any',
  PHONE_COUNTRIES: 'Russia alone',
};
