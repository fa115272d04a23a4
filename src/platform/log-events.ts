/**
 * Every event that can be logged: its level, and what it means to whoever reads the log. The page
 * of operations is made from this table, and `Log` takes no other event.
 */
export const LOG_EVENTS = {
  request: { level: 'info', meaning: 'one per request: method, path, status, ms' },
  'telegram.delivered': {
    level: 'info',
    meaning: 'a code, or word of a sign-in or a missed call, is in the chat',
  },
  'telegram.not_linked': {
    level: 'info',
    meaning: 'the number has no chat, so the code, or word of a sign-in, went nowhere',
  },
  'telegram.blocked': {
    level: 'warn',
    meaning: 'the person blocked the bot; the link rests until they are heard of',
  },
  'telegram.not_delivered': {
    level: 'error',
    meaning:
      'a code did not arrive, though it was tried again for 21 s, and was taken back; the reason ' +
      'says why',
  },
  'telegram.moved': {
    level: 'warn',
    meaning:
      'a code was dead before it could be sent, since its number’s link changed (or it was used ' +
      'or guessed at by then); its request was taken back',
  },
  'auth.code_not_replaced': {
    level: 'warn',
    meaning: 'Redis failed when a code was to be replaced that waited for a link: it is asked anew',
  },
  'auth.message_not_noted': {
    level: 'warn',
    meaning:
      'Redis did not hear which message is the last of a number’s day: the next request sends a ' +
      'new one',
  },
  'auth.check_not_voided': {
    level: 'error',
    meaning:
      'Redis did not come back within 20 s to undo a sign-in (by code or link) that had no ' +
      'answer: that code or link may be used up',
  },
  'auth.request_not_voided': {
    level: 'error',
    meaning:
      'Redis did not come back within 20 s to undo a request for a code that had no answer: a ' +
      'message may count that was never sent',
  },
  'bot.linked': { level: 'info', meaning: 'somebody linked their number' },
  'bot.moved': { level: 'info', meaning: 'somebody took their account to a new number' },
  'bot.replaced': {
    level: 'info',
    meaning:
      'somebody linked a number that has an account of its own, in place of their former one',
  },
  'bot.unlinked': { level: 'info', meaning: 'somebody unlinked their number' },
  'bot.unblocked': {
    level: 'info',
    meaning: 'a person whose link rested wrote to the bot, or started it again: the link lives',
  },
  'bot.revoked': { level: 'info', meaning: 'somebody pressed the button that ends a session' },
  'bot.contact_refused': {
    level: 'info',
    meaning: 'somebody shared a contact that is not their own number, or not one that is served',
  },
  'bot.taken_over': {
    level: 'info',
    meaning: 'another Telegram account proved a number; how many sessions from before have ended',
  },
  'bot.former_told': {
    level: 'info',
    meaning:
      'the chat that had a number was told that it went to another one, or had blocked the bot',
  },
  'bot.former_not_told': {
    level: 'error',
    meaning: 'that word did not arrive; the reason says why',
  },
  'bot.not_answered': {
    level: 'warn',
    meaning: 'the bot did what it was asked, but Telegram did not take its answer',
  },
  'bot.claim_not_ended': {
    level: 'warn',
    meaning:
      'Redis did not hear that an update was done; it may be done once more when Telegram ' +
      'repeats it within a minute',
  },
  'bot.failed': {
    level: 'error',
    meaning: 'a bug in the bot; Telegram got 503 and delivers the update again',
  },
  'phone.not_remembered': {
    level: 'warn',
    meaning:
      'Redis could not be told what Postgres knows of a number; Postgres is asked again next time',
  },
  'session.nobody_to_tell': {
    level: 'info',
    meaning: 'a sign-in by QR code of a user without a linked chat',
  },
  'session.not_told': {
    level: 'error',
    meaning: 'word of a sign-in did not arrive; the reason says why',
  },
  'session.room_not_told': {
    level: 'error',
    meaning:
      'the rooms did not hear within 20 s that sessions have ended; sockets of those stay open ' +
      'until they close by themselves',
  },
  'qr.check_not_voided': {
    level: 'error',
    meaning:
      'Redis did not come back within 20 s to undo a poll that had no answer: the token of that ' +
      'QR code may be lost',
  },
  'qr.confirm_not_voided': {
    level: 'error',
    meaning:
      'Redis did not come back within 20 s to undo the confirmation of a QR code: it may stand, ' +
      'though the phone was told that it failed',
  },
  'qr.room_not_told': {
    level: 'error',
    meaning: 'whoever listens did not hear of a confirmation; polling tells them',
  },
  'feed.trimmed': {
    level: 'info',
    meaning:
      'the hourly run deleted so many entries of feeds and rates; `done` false: there was more ' +
      'than one run takes, and the next one goes on',
  },
  'feed.not_trimmed': {
    level: 'error',
    meaning: 'that run failed after so many; the reason says why, and the next one tries again',
  },
  'turn.failed': {
    level: 'error',
    meaning: 'Cloudflare gave no TURN credentials in time; the call goes on with STUN alone',
  },
  'turn.not_revoked': {
    level: 'error',
    meaning:
      'TURN credentials of a call that is over could not be revoked; they end after ' +
      '`TURN_TTL_SECONDS`',
  },
  'call.missed_not_told': {
    level: 'error',
    meaning: 'word of a missed call did not arrive in Telegram; the reason says why',
  },
  'push.not_sent': {
    level: 'error',
    meaning: 'a call or message was not pushed, since a store did not answer; the reason says why',
  },
  'push.given_up': {
    level: 'warn',
    meaning:
      'so many browsers of a user did not get a push: their push services were busy or down for ' +
      'all tries',
  },
  'push.refused': {
    level: 'error',
    meaning:
      'a push service refused a push: 401 or 403 mean that it does not take our VAPID keys or ' +
      'their subject; 0 that its host is not in `PUSH_SERVICES` any more',
  },
  'push.not_trimmed': {
    level: 'error',
    meaning: 'subscriptions of sessions that have ended stay until the next hourly run',
  },
  'session.push_not_ended': {
    level: 'error',
    meaning:
      'the database did not hear within 20 s that sessions have ended, which may have ' +
      'subscriptions: nothing is pushed to them all the same, and the next push deletes them',
  },
  'call.record_refused': {
    level: 'error',
    meaning:
      'the database refused the record of a call as what it is; after twelve times the room ' +
      'gives it up, and the history lacks that call',
  },
  'room.message_refused': {
    level: 'error',
    meaning:
      'the Worker refused what a room told it as what it is; after twelve times the room gives ' +
      'it up',
  },
  'room.unavailable': {
    level: 'error',
    meaning: 'a room could not be reached; the client got 503, and comes back or polls',
  },
  'chat.not_told': {
    level: 'error',
    meaning:
      'some devices did not hear at once of a change in a chat, or that somebody types; they ' +
      'read it when they sync',
  },
  'room.failed': {
    level: 'error',
    meaning:
      'a room could not begin, or met with a bug; it begins again with whatever comes next. A ' +
      'client’s connection was closed with 1011, and comes back',
  },
  'store.unavailable': {
    level: 'error',
    meaning: 'a store, or the rooms, did not answer; the client got 503',
  },
  not_ready: {
    level: 'error',
    meaning:
      '/health/ready found a store down, or a database without our tables: see “A database that ' +
      'is not AIST’s”',
  },
  misconfigured: {
    level: 'error',
    meaning:
      'names the settings that are missing or wrong; for the webhook alone, that its secret is',
  },
  internal: { level: 'error', meaning: 'a bug; the client got 500' },
} as const satisfies Record<
  string,
  { readonly level: 'info' | 'warn' | 'error'; readonly meaning: string }
>;

type Levels = typeof LOG_EVENTS;

/** The events of a level. */
export type LogEvent<Level extends Levels[keyof Levels]['level']> = {
  [Event in keyof Levels]: Levels[Event]['level'] extends Level ? Event : never;
}[keyof Levels];
