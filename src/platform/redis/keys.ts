/**
 * Every key this project keeps in Redis, with its type and how long it lives. All of it can be lost
 * without locking anybody out, since Postgres has what must last.
 *
 * A phone is in E.164 (`+79991234567`). An address is `1.2.3.4`, or the first 64 bits of an IPv6
 * address.
 */
export const keys = {
  /**
   * hash {mac, exp, tries, rid, uid, chat, moving}: the live code of a phone. 300 s. The legacy
   * server has the same key.
   */
  code: (phone: string) => `auth:code:${phone}`,
  /** hash as `code`: the code before, which lives again if the live one is taken back. 300 s. */
  previousCode: (phone: string) => `auth:previous:${phone}`,
  /**
   * hash {mac, exp, tries, rid, chat, uid, new, sid, at, repeatable, moving, open, attempt:<id>…}:
   * the code that was used last, and by whom. 60 s.
   */
  used: (phone: string) => `auth:used:${phone}`,
  /** zset of times: failed compares of a phone. 24 h. */
  failures: (phone: string) => `auth:failures:${phone}`,
  /** hash {chat, id}: the last of the messages that a phone gets in a day. 24 h. */
  lastMessage: (phone: string) => `auth:message:${phone}`,
  /** zset of times: messages sent to a phone, and changes of the last one (`edit …`). 24 h. */
  sends: (phone: string) => `auth:sends:${phone}`,
  /** zset of times: failed compares from an address. 1 h. */
  addressFailures: (address: string) => `address:failures:${address}`,
  /** string: guesses from an address while no code lived; ten of them are one failure. 1 h. */
  addressMisses: (address: string) => `address:misses:${address}`,
  /**
   * zset of times, whose members begin with the phone: messages an address asked for and nobody
   * verified yet. 1 h.
   */
  addressSends: (address: string) => `address:sends:${address}`,
  /** string: a request that the Worker has taken back must not take effect any more. 60 s. */
  voided: (request: string) => `auth:void:${request}`,
  /**
   * hash {uid, chat, lang}: what Postgres knows of a phone; "" = nothing. 24 h, 10 minutes when it
   * knows nothing.
   */
  phone: (phone: string) => `phone:${phone}`,
  /** string: what Postgres knows of the phone is being changed. 60 s at most. */
  changing: (phone: string) => `phone:changing:${phone}`,
  /**
   * hash {phone, exp, attempt, uid, new, sid}: a sign-in link in place of digits, named by the hash
   * of its token. 300 s.
   */
  link: (tokenHash: string) => `auth:link:${tokenHash}`,
  /** set: the hashes of a phone's live links. 300 s. */
  links: (phone: string) => `auth:links:${phone}`,
  /** hash: the sessions of a user, see session/scripts/fragments.ts. 30 days after a sign-in. */
  sessions: (userId: string) => `sessions:${userId}`,
  /**
   * hash {status, exp, poll, address, record, room, polled, uid, sid, legacy, issued, by, new,
   * open, collected, collector:<id>…}: a request to sign in by QR code. 300 s, and 15 minutes more,
   * so that a client that polls its own old code does not count as guessing.
   */
  qr: (code: string) => `qr:${code}`,
  /** zset of times: QR codes that an address or a user named and nobody had. 10 minutes. */
  qrMisses: (who: string) => `qr:misses:${who}`,
  /** zset of times: QR codes that an address asked for. 1 h. */
  qrRequests: (address: string) => `qr:requests:${address}`,
  /** string: a chat id that the legacy server linked; moved to Postgres when it is met. */
  legacyLink: (phone: string) => `telegram:${phone}`,
  /** string: when a callee (`<caller>:<callee>`) was last told of a missed call. 10 minutes. */
  missed: (pair: string) => `calls:missed:${pair}`,
  /**
   * string: what was pushed last to a user about a call or chat (`<user id>:<topic>`), by whom and
   * when. 5 minutes.
   */
  pushed: (about: string) => `push:${about}`,
  /** string: ms when all pushes about messages are free again for a user. 10 minutes. */
  messagePushes: (userId: string) => `push:messages:${userId}`,
  /**
   * string: an update (`<bot id>:<update id>`) that is being worked on, 60 s at most, or `done`,
   * 24 h.
   */
  update: (update: string) => `update:${update}`,
  /** string: the person of this private chat wrote to the bot, or came back to it. 60 s. */
  heard: (chatId: string) => `telegram:heard:${chatId}`,
} as const;

/** Lifetimes in milliseconds; that of a code is part of the contract. */
export const TTL = {
  used: 60_000,
  voided: 60_000,
  qrOver: 900_000,
  changing: 60_000,
  updateClaimed: 60_000,
  updateDone: 86_400_000,
  heard: 60_000,
  lastMessage: 86_400_000,
  missed: 600_000,
  pushed: 300_000,
  phoneKnown: 86_400_000,
  phoneUnknown: 600_000,
} as const;
