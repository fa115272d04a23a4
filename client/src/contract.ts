// Made by `npm run docs` from src/contract: the API as clients call it.

export type Chat = {
  readonly id: string;
  readonly type: 'user' | 'group' | 'channel';

  /** Of a personal chat: the name of the other one, now */
  readonly name: string;
  readonly photo: string | null;
  readonly lastMessage: string | null;
  readonly lastTime: string | null;

  /** Messages of others after my mark */
  readonly unread: number;

  /** Of a personal chat: the other one */
  readonly peerUserId?: string;
  readonly meta?: { readonly [name: string]: unknown };
  readonly role: 'admin' | 'member';

  /** The `seq` of the last message; 0 = none */
  readonly lastSeq: number;

  /** I read messages after this `seq` */
  readonly fromSeq: number;

  /** My mark */
  readonly readSeq: number;

  /** The highest mark of the others */
  readonly othersReadSeq: number;

  /** Counts the changes of the chat */
  readonly version: number;

  /** Follow it by GET /api/chats/:id/changes: sync does not have it */
  readonly large: boolean;

  /** How many there are */
  readonly members: number;

  /** Of a personal chat; 0 = the other one has no key */
  readonly peerKeyVersion?: number;
};

export type Member = {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: 'admin' | 'member';
  readonly readSeq: number;
};

export type Message = {
  readonly id: string;
  readonly fromMe: boolean;

  /** "" when deleted */
  readonly text: string;
  readonly time: string;
  readonly attachment?: Attachment;

  /** The place in the chat: 1, 2, 3 and so on, never used again */
  readonly seq: number;

  /** The version of the chat that last changed the message */
  readonly version: number;

  /** null: not known any more */
  readonly senderId: string | null;

  /** Of my own messages alone */
  readonly clientId?: string;
  readonly editedAt?: string;
  readonly deleted?: true;
};

export type Attachment = {
  readonly type: 'image' | 'video';

  /**
   * `data:` or `https:`; absent in sync and frames when it is long: read the
   * message
   */
  readonly url?: string;
};

export type Change =
  | {
      readonly type: 'message';

      /** The number in my feed */
      readonly n: number;
      readonly chatId: string;
      readonly message: Message;
    }
  | {
      readonly type: 'chat';

      /** The number in my feed */
      readonly n: number;
      readonly chatId: string;
      readonly chat: Chat;
    }
  | {
      readonly type: 'member';

      /** The number in my feed */
      readonly n: number;
      readonly chatId: string;
      readonly userId: string;

      /** null: not in it any more */
      readonly member: Member | null;
    }
  | {
      readonly type: 'read';

      /** The number in my feed */
      readonly n: number;
      readonly chatId: string;
      readonly userId: string;
      readonly readSeq: number;
    }
  | {
      readonly type: 'left';

      /** The number in my feed */
      readonly n: number;
      readonly chatId: string;
    };

export type Signal =
  | { readonly kind: 'offer' | 'answer'; readonly sdp: string }
  | {
      readonly kind: 'candidate';
      readonly candidate: {
        readonly candidate: string;
        readonly sdpMid?: string | null;
        readonly sdpMLineIndex?: number | null;
        readonly usernameFragment?: string | null;
      } | null;
    };

export type Seen = { readonly [name: string]: { readonly epoch: number; readonly seq: number } };

export type Peer = {
  readonly user: string;
  readonly username: string;
  readonly displayName: string;

  /**
   * `away`: in the call, but without a socket for up to 20 s; `left`: out of it, or
   * did not take it
   */
  readonly state: 'ringing' | 'joined' | 'away' | 'left';

  /**
   * None of their devices is connected; it rings on for those that come, and then
   * it is absent
   */
  readonly unreachable?: boolean;

  /**
   * Counts how often they have come without memory. When it goes up: forget what
   * was seen of them, negotiate anew
   */
  readonly epoch: number;

  /**
   * Whether I am the polite side towards them (perfect negotiation): then they
   * offer, otherwise I do
   */
  readonly polite: boolean;
};

export type CallClientFrame =
  | {
      readonly type: 'hello';
      readonly version: number;

      /**
       * On coming back with one’s memory: what I have seen of others, and the last
       * `acked` that I heard (0 at first, as for one whose offer went with POST)
       */
      readonly resume?: { readonly seen: Seen; readonly acked: number };

      /**
       * While it rings here: send me the signals of the others already, and what comes.
       * `resume.seen` says which of them I have
       */
      readonly early?: boolean;
    }
  | { readonly type: 'accept' }
  | { readonly type: 'move' }
  | { readonly type: 'decline' }
  | { readonly type: 'hangup' }
  | {
      readonly type: 'signal';
      readonly seq: number;
      readonly to?: string;

      /**
       * The epoch of the recipient that it is for, 1 while it rings: when they have
       * come anew since, it is dropped, and counts as arrived
       */
      readonly epoch?: number;
      readonly signal: Signal;
    }
  | { readonly type: 'ack'; readonly seen: Seen }
  | { readonly type: 'ping' };

export type CallServerFrame =
  | {
      readonly type: 'welcome';
      readonly version: 1;
      readonly call: string;
      readonly state: 'created' | 'ringing' | 'accepted' | 'ended';
      readonly video: boolean;
      readonly group: boolean;
      readonly caller: string;
      readonly you: string;

      /**
       * Whether I am in the call. If not, it rings, or it went on without me: what I
       * sent then is of no use
       */
      readonly joined: boolean;

      /** Another device of mine is in the call, and `move` takes it here */
      readonly movable?: true;

      /** The last of my signals that the room has; go on after it */
      readonly received: number;

      /** How long it still rings for those who have not answered, if for anybody */
      readonly ringsForMs?: number;
      readonly peers: readonly Peer[];
    }
  | {
      readonly type: 'state';
      readonly state: 'created' | 'ringing' | 'accepted' | 'ended';
      readonly reason?:
        | 'hung_up'
        | 'declined'
        | 'busy'
        | 'cancelled'
        | 'missed'
        | 'failed'
        | 'lost';
    }
  | {
      readonly type: 'answered_elsewhere';

      /** This device was in the call, and another one of mine has taken it over */
      readonly moved?: true;
    }
  | {
      readonly type: 'peer';
      readonly peer: Peer;
      readonly reason?:
        | 'hung_up'
        | 'declined'
        | 'busy'
        | 'cancelled'
        | 'missed'
        | 'failed'
        | 'lost';
    }
  | {
      readonly type: 'signal';
      readonly from: string;
      readonly epoch: number;
      readonly seq: number;
      readonly signals: readonly Signal[];
    }
  | { readonly type: 'acked'; readonly seq: number }
  | { readonly type: 'resend'; readonly seq: number }
  | {
      readonly type: 'error';
      readonly code:
        | 'malformed'
        | 'unknown_type'
        | 'invalid'
        | 'hello_first'
        | 'not_now'
        | 'no_such_peer'
        | 'too_long'
        | 'too_much'
        | 'too_often';
      readonly message: string;

      /** The signal that was refused, if it was one */
      readonly seq?: number;
    }
  | { readonly type: 'pong' };

export type InboxClientFrame =
  | {
      readonly type: 'hello';
      readonly version: number;

      /** The number in my feed that I have read up to: the welcome says the newest one */
      readonly since?: number;
    }
  | { readonly type: 'decline'; readonly call: string }
  | { readonly type: 'hangup'; readonly call: string }
  | { readonly type: 'typing'; readonly chat: string }
  | { readonly type: 'ping' };

export type InboxServerFrame =
  | {
      readonly type: 'welcome';
      readonly version: 1;
      readonly rings: readonly {
        readonly call: string;
        readonly from: {
          readonly user: string;
          readonly username: string;
          readonly displayName: string;
        };
        readonly video: boolean;
        readonly group: boolean;

        /** When it stops, milliseconds since 1970; but use `ringsForMs` */
        readonly expiresAt: number;

        /**
         * How long it still rings: count from now, since the clock of a device may be
         * wrong
         */
        readonly ringsForMs: number;
      }[];
      readonly inCall?: {
        readonly call: string;

        /** Not known of a call from before an update */
        readonly role?: 'caller' | 'callee';

        /** `ringing`: I call, and nobody has answered */
        readonly state: 'ringing' | 'accepted';

        /** This device has it: ask for a ticket and come back */
        readonly here: boolean;

        /** The session that has it, as GET /api/sessions lists them; none if it has gone */
        readonly session?: string;
      };

      /**
       * The newest number in my feed, read after this device began to be told. Without
       * it, after a hello with `since`, ask GET /api/sync
       */
      readonly n?: number;
    }
  | {
      readonly type: 'ring';
      readonly call: string;
      readonly from: {
        readonly user: string;
        readonly username: string;
        readonly displayName: string;
      };
      readonly video: boolean;
      readonly group: boolean;

      /** When it stops, milliseconds since 1970; but use `ringsForMs` */
      readonly expiresAt: number;

      /**
       * How long it still rings: count from now, since the clock of a device may be
       * wrong
       */
      readonly ringsForMs: number;
    }
  | {
      readonly type: 'stop';
      readonly call: string;
      readonly reason:
        | 'hung_up'
        | 'declined'
        | 'busy'
        | 'cancelled'
        | 'missed'
        | 'failed'
        | 'lost'
        | 'answered_elsewhere';
    }
  | {
      readonly type: 'in_call';

      /** As in the welcome; absent: I make and am in none */
      readonly inCall?: {
        readonly call: string;

        /** Not known of a call from before an update */
        readonly role?: 'caller' | 'callee';

        /** `ringing`: I call, and nobody has answered */
        readonly state: 'ringing' | 'accepted';

        /** This device has it: ask for a ticket and come back */
        readonly here: boolean;

        /** The session that has it, as GET /api/sessions lists them; none if it has gone */
        readonly session?: string;
      };
    }
  | {
      readonly type: 'message';

      /** Its number in my feed. If it is not the one after mine, ask GET /api/sync */
      readonly n?: number;
      readonly chat: string;
      readonly seq: number;

      /** The chat’s version with it */
      readonly version: number;
      readonly message: Message;
    }
  | {
      readonly type: 'change';

      /** Its number in my feed. If it is not the one after mine, ask GET /api/sync */
      readonly n?: number;
      readonly chat: string;

      /** The chat’s version with it */
      readonly version?: number;
      readonly what: 'message' | 'chat' | 'member' | 'read' | 'left';
    }
  | { readonly type: 'typing'; readonly chat: string; readonly user: string }
  | {
      readonly type: 'error';
      readonly code:
        | 'malformed'
        | 'unknown_type'
        | 'invalid'
        | 'hello_first'
        | 'not_now'
        | 'no_such_peer'
        | 'too_long'
        | 'too_much'
        | 'too_often';
      readonly message: string;

      /** The signal that was refused, if it was one */
      readonly seq?: number;
    }
  | { readonly type: 'pong' };

export type PushPayload =
  | {
      readonly kind: 'call';

      /** The user whom it is for: another account may be signed in here */
      readonly to: string;

      /** When it happened, milliseconds since 1970 */
      readonly at: number;
      readonly call: string;

      /** The name to show: the display name, else the username, or "" */
      readonly from: string;
      readonly video: boolean;
      readonly group: boolean;

      /** When it stops ringing, milliseconds since 1970 */
      readonly until: number;
    }
  | {
      readonly kind: 'missed';

      /** The user whom it is for: another account may be signed in here */
      readonly to: string;

      /** When it happened, milliseconds since 1970 */
      readonly at: number;
      readonly call: string;

      /** The name to show: the display name, else the username, or "" */
      readonly from: string;
      readonly video: boolean;
      readonly group: boolean;
    }
  | {
      readonly kind: 'stopped';

      /** The user whom it is for: another account may be signed in here */
      readonly to: string;

      /** When it happened, milliseconds since 1970 */
      readonly at: number;
      readonly call: string;

      /** The name to show: the display name, else the username, or "" */
      readonly from: string;
      readonly video: boolean;
      readonly group: boolean;
      readonly reason:
        | 'hung_up'
        | 'declined'
        | 'busy'
        | 'cancelled'
        | 'missed'
        | 'failed'
        | 'lost'
        | 'answered_elsewhere';
    }
  | {
      readonly kind: 'message';

      /** The user whom it is for: another account may be signed in here */
      readonly to: string;

      /** When it happened, milliseconds since 1970 */
      readonly at: number;
      readonly chat: string;

      /** The place of the message in the chat */
      readonly seq: number;

      /** The name of who wrote it: the display name, else the username, or "" */
      readonly from: string;

      /** Of a group or channel alone */
      readonly chatName?: string;
    };

/** What each endpoint takes, answers, and may refuse with. */
export interface Endpoints {
  /** Send a sign-in code to the Telegram that is linked to a phone number. */

  readonly requestCode: {
    readonly input: {
      /**
       * With a plus: the whole number. Without: a Russian one, with or without its 7 or
       * 8
       */
      readonly phone: string | number;
    };
    readonly answer: {
      readonly ok: true;

      /** First 4 characters, ***, last 2 of the number */
      readonly masked: string;
      readonly ttlSeconds: 300;

      /** Send it with verify-code: a lost answer can then be asked for again for 30 s */
      readonly requestId: string;

      /** Where the number is linked to Telegram, for whom no code comes */
      readonly botUrl?: string;

      /** Local development alone */
      readonly debugCode?: string;
    };
    readonly errors:
      | 'invalid_phone'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'malformed_json';
  };

  /** Exchange a phone number and its code for a token. */

  readonly verifyCode: {
    readonly input: {
      /** Six digits, or a text with six digits that stand together */
      readonly code: string | number;
      readonly phone: string | number;
      readonly requestId?: string | undefined;
    };
    readonly answer: {
      readonly ok: true;

      /** JWT, HS256, 30 days */
      readonly token: string;
    };
    readonly errors:
      | 'invalid_code_format'
      | 'invalid_phone'
      | 'wrong_code'
      | 'invalid_field'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'malformed_json';
  };

  /**
   * Exchange the token of a sign-in link for a token; the link came in Telegram
   * because too many wrong codes were tried.
   */

  readonly verifyLink: {
    readonly input: { readonly token: string };
    readonly answer: {
      readonly ok: true;

      /** JWT, HS256, 30 days */
      readonly token: string;
    };
    readonly errors:
      | 'invalid_link'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'malformed_json';
  };

  /**
   * Begin to sign in by QR code: show `url` as one, poll check once at once (from
   * then on the bare code is worth nothing), and poll on or listen in the room
   * until somebody confirms it.
   */

  readonly requestQr: {
    readonly input: undefined;
    readonly answer: {
      /** 6 characters */
      readonly code: string;
      readonly ttlSeconds: 300;

      /** For the header X-Poll-Token of check; show it to nobody */
      readonly pollToken: string;
      readonly intervalSeconds: 2;

      /** What the QR code says */
      readonly url: string;

      /** A WebSocket at /parties/qr/<room> tells when to collect */
      readonly room: string;
    };
    readonly errors:
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal';
  };

  /**
   * Poll with the poll token, or as legacy clients do with the code from the
   * address that asked for it; the token comes once, or with the poll token for 10
   * s again, in case it was lost on its way.
   */

  readonly checkQr: {
    readonly input: { readonly code?: string | undefined };
    readonly answer:
      | { readonly status: 'pending' }
      | {
          /** Or used, or unknown. What was confirmed in time is there for 10 s more */
          readonly status: 'expired';
        }
      | {
          /** With a poll token; `expired` without */
          readonly status: 'denied';
        }
      | {
          /** With a poll token */
          readonly status: 'slow_down';
          readonly intervalSeconds: number;
        }
      | {
          readonly status: 'ready';

          /** JWT, HS256, 30 days */
          readonly token: string;
        };
    readonly errors:
      | 'qr_code_missing'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal';
  };

  /** What shows the code: ask before confirming it. */

  readonly qrInfo: {
    readonly input: { readonly code: string };
    readonly answer: {
      readonly ok: true;

      /** "" when unknown, as the next three */
      readonly browser: string;
      readonly system: string;
      readonly city: string;

      /** ISO 3166, two letters */
      readonly country: string;
      readonly ageSeconds: number;
      readonly expiresInSeconds: number;
    };
    readonly errors:
      | 'qr_code_missing'
      | 'qr_code_unknown'
      | 'qr_code_confirmed'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Sign in the client that shows the code. */

  readonly confirmQr: {
    readonly input: { readonly code: string };
    readonly answer: { readonly ok: true };
    readonly errors:
      | 'qr_code_missing'
      | 'qr_code_unknown'
      | 'qr_code_confirmed'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /**
   * Refuse the client that shows the code, also after confirming it, as long as it
   * has not collected its token.
   */

  readonly denyQr: {
    readonly input: { readonly code: string };
    readonly answer: { readonly ok: true };
    readonly errors:
      | 'qr_code_missing'
      | 'qr_code_unknown'
      | 'qr_code_confirmed'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /** Sign this session out. */

  readonly logout: {
    readonly input: undefined;
    readonly answer: { readonly ok: true };
    readonly errors:
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Where I am signed in. */

  readonly listSessions: {
    readonly input: undefined;
    readonly answer: {
      readonly ok: true;

      /** The newest first */
      readonly sessions: readonly {
        readonly id: string;

        /** The session that asks */
        readonly current: boolean;
        readonly method: 'code' | 'link' | 'qr' | 'legacy';
        readonly createdAt: string;

        /** To about half a minute */
        readonly lastSeenAt: string;

        /** "" when unknown, as the next three */
        readonly browser: string;
        readonly system: string;
        readonly city: string;

        /** ISO 3166, two letters */
        readonly country: string;
      }[];
    };
    readonly errors:
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Sign all my other sessions out, those of the legacy server included. */

  readonly revokeOthers: {
    readonly input: undefined;
    readonly answer: { readonly ok: true; readonly revoked: number };
    readonly errors:
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Sign one session out; it is refused everywhere within 30 s. */

  readonly revokeSession: {
    readonly input: { readonly id: string };
    readonly answer: { readonly ok: true };
    readonly errors:
      | 'session_not_found'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Who I am. */

  readonly getProfile: {
    readonly input: undefined;
    readonly answer: {
      readonly userId: string;

      /** +7XXXXXXXXXX */
      readonly phone: string;

      /** "" when unset */
      readonly username: string;

      /** "" when unset */
      readonly displayName: string;
    };
    readonly errors:
      | 'user_not_found'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Change my username, my display name, or both. */

  readonly updateProfile: {
    readonly input: {
      /** a–z 0–9 _, 2 to 32; empty keeps the present one */
      readonly username?: string | undefined;

      /** At most 64 characters; "", or what nobody sees, clears it */
      readonly displayName?: string | undefined;
    };
    readonly answer: { readonly username: string; readonly displayName: string };
    readonly errors:
      | 'invalid_field'
      | 'username_too_short'
      | 'username_reserved'
      | 'username_taken'
      | 'user_not_found'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /** My chats, the newest last message first. */

  readonly listChats: {
    readonly input: undefined;
    readonly answer: readonly Chat[];
    readonly errors:
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /**
   * Create a group or a channel, or open the personal chat with somebody: 201 a new
   * one, 200 the one there is.
   */

  readonly createChat: {
    readonly input: {
      readonly name?: string | undefined;
      readonly type?: 'user' | 'group' | 'channel' | undefined;
      readonly photo?: string | undefined;

      /** With or without @ */
      readonly peerUsername?: string | undefined;
      readonly peerUserId?: string | undefined;
      readonly description?: string | undefined;
      readonly shareLink?: string | undefined;
      readonly admins?: readonly string[] | undefined;
      readonly moderators?: readonly string[] | undefined;

      /** Of a group or channel: ids or usernames of who is added at once */
      readonly members?: readonly string[] | undefined;
    };
    readonly answer: Chat;
    readonly errors:
      | 'invalid_field'
      | 'chat_with_oneself'
      | 'peer_not_found'
      | 'chat_name_required'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /** One chat of mine. */

  readonly getChat: {
    readonly input: { readonly id: string };
    readonly answer: Chat;
    readonly errors:
      | 'chat_not_found'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Change the name, description or photo of a group or channel, as its admin. */

  readonly updateChat: {
    readonly input: { readonly id: string } & {
      readonly name?: string | undefined;
      readonly description?: string | undefined;

      /** "" takes it away */
      readonly photo?: string | undefined;
    };
    readonly answer: Chat;
    readonly errors:
      | 'invalid_field'
      | 'chat_name_required'
      | 'chat_not_found'
      | 'not_allowed_in_chat'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /**
   * The members of a chat, in the order of their ids; of a channel to its admins
   * alone.
   */

  readonly listMembers: {
    readonly input: { readonly id: string } & {
      /** A user id: only those after it */
      readonly after?: string | undefined;

      /** 1 to 100; 100 when absent */
      readonly limit?: string | undefined;
    };
    readonly answer: { readonly members: readonly Member[]; readonly next: string | null };
    readonly errors:
      | 'invalid_field'
      | 'chat_not_found'
      | 'not_allowed_in_chat'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /**
   * Add people to a group or channel, as its admin; who is in it already stays as
   * they are.
   */

  readonly addMembers: {
    readonly input: { readonly id: string } & {
      /** Ids or usernames */
      readonly members: readonly string[];
    };
    readonly answer: { readonly added: readonly Member[] };
    readonly errors:
      | 'invalid_field'
      | 'peer_not_found'
      | 'chat_not_found'
      | 'not_allowed_in_chat'
      | 'chat_full'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /** Make a member an admin, or an admin a member, as an admin. */

  readonly changeRole: {
    readonly input: { readonly id: string; readonly userId: string } & {
      readonly role: 'admin' | 'member';
    };
    readonly answer: Member;
    readonly errors:
      | 'invalid_field'
      | 'chat_not_found'
      | 'peer_not_found'
      | 'not_allowed_in_chat'
      | 'last_admin'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /**
   * Take somebody out of a group or channel, as its admin; or leave it: then userId
   * is my own.
   */

  readonly removeMember: {
    readonly input: { readonly id: string; readonly userId: string };
    readonly answer: { readonly ok: true };
    readonly errors:
      | 'chat_not_found'
      | 'peer_not_found'
      | 'not_allowed_in_chat'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Join a channel by its share link, which is /c/ and its id. */

  readonly joinChannel: {
    readonly input: { readonly id: string };
    readonly answer: Chat;
    readonly errors:
      | 'chat_not_found'
      | 'chat_full'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Find people by a part of either name, without regard to case. */

  readonly searchPeople: {
    readonly input: {
      /** Less than 2 characters find nobody */
      readonly q?: string | undefined;
    };
    readonly answer: readonly {
      readonly id: string;
      readonly username: string;
      readonly displayName: string;
    }[];
    readonly errors:
      | 'invalid_field'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** The public key of a user. */

  readonly getPublicKey: {
    readonly input: { readonly id: string };
    readonly answer: {
      readonly publicKey: string | null;

      /** Grows with each other key; 0 = none */
      readonly version: number;
    };
    readonly errors:
      | 'user_not_found'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Keep my public key. */

  readonly setPublicKey: {
    readonly input: { readonly publicKey: string };
    readonly answer: { readonly ok: true; readonly version: number };
    readonly errors:
      | 'public_key_required'
      | 'invalid_field'
      | 'user_not_found'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /**
   * Block somebody: they cannot write to me, call me or find me, and are not told
   * so.
   */

  readonly blockUser: {
    readonly input: { readonly id: string };
    readonly answer: { readonly ok: true };
    readonly errors:
      | 'user_not_found'
      | 'too_many_blocked'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Block somebody no longer. */

  readonly unblockUser: {
    readonly input: { readonly id: string };
    readonly answer: { readonly ok: true };
    readonly errors:
      | 'user_not_found'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Whom I have blocked, the latest first. */

  readonly listBlocked: {
    readonly input: undefined;
    readonly answer: readonly {
      readonly id: string;
      readonly username: string;
      readonly displayName: string;
    }[];
    readonly errors:
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /**
   * Call somebody, or up to seven at once: their devices ring. When the one whom I
   * call, or one of the same people, is just calling me, that call is the answer,
   * with the role `callee`: join and accept it.
   */

  readonly startCall: {
    readonly input: {
      /** Ids of users, or usernames, with or without @ */
      readonly to: string | readonly string[];
      readonly video?: boolean | undefined;

      /**
       * SDP: my first signal, number 1; for one callee alone. As a frame in the room it
       * is at most 256 KiB long
       */
      readonly offer?: string | undefined;
    };
    readonly answer: {
      readonly callId: string;

      /** Lets this device in, once; a new one is at /api/calls/:id/ticket */
      readonly ticket: string;

      /** A path of this origin: open a WebSocket at `<url>?ticket=<ticket>` */
      readonly url: string;

      /** When the ticket ends, by the server’s clock */
      readonly expiresAt: string;

      /** How long the ticket is good for: count from now */
      readonly ttlSeconds: number;

      /** For `new RTCPeerConnection({iceServers})` */
      readonly iceServers: readonly {
        readonly urls: readonly string[];
        readonly username?: string;
        readonly credential?: string;
      }[];
      readonly role: 'caller' | 'callee';
      readonly video: boolean;

      /** There was such a call already: send the offer as a signal, it was not taken */
      readonly existing: boolean;

      /** `ended`: it is over already; otherwise join, the room knows more */
      readonly state: 'ringing' | 'ended';

      /** How it ended */
      readonly reason?:
        | 'hung_up'
        | 'declined'
        | 'busy'
        | 'cancelled'
        | 'missed'
        | 'failed'
        | 'lost';
    };
    readonly errors:
      | 'invalid_field'
      | 'call_to_oneself'
      | 'user_not_found'
      | 'in_call'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /**
   * A ticket to a call that rings for me or that I am in: to join it, or to come
   * back.
   */

  readonly callTicket: {
    readonly input: { readonly id: string } & {
      /**
       * Have the call here that I make on another device and nobody has answered. Of a
       * call that I am in on another device: a ticket with which its room takes the
       * frame `move`
       */
      readonly takeOver?: boolean | undefined;
    };
    readonly answer: {
      readonly callId: string;

      /** Lets this device in, once; a new one is at /api/calls/:id/ticket */
      readonly ticket: string;

      /** A path of this origin: open a WebSocket at `<url>?ticket=<ticket>` */
      readonly url: string;

      /** When the ticket ends, by the server’s clock */
      readonly expiresAt: string;

      /** How long the ticket is good for: count from now */
      readonly ttlSeconds: number;

      /** For `new RTCPeerConnection({iceServers})` */
      readonly iceServers: readonly {
        readonly urls: readonly string[];
        readonly username?: string;
        readonly credential?: string;
      }[];
      readonly role: 'caller' | 'callee';
      readonly video: boolean;
    };
    readonly errors:
      | 'invalid_field'
      | 'call_not_found'
      | 'answered_elsewhere'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /**
   * Ring somebody into the call that this device is in, which is a group call from
   * then on. For whom it rings already it rings on. What becomes of it is told in
   * the room, by `peer`.
   */

  readonly inviteToCall: {
    readonly input: { readonly id: string } & {
      /** The id of a user, or a username, with or without @ */
      readonly user: string;
    };
    readonly answer: { readonly ok: true };
    readonly errors:
      | 'invalid_field'
      | 'call_to_oneself'
      | 'user_not_found'
      | 'call_not_found'
      | 'call_not_answered'
      | 'call_full'
      | 'already_in_call'
      | 'call_stays_of_two'
      | 'answered_elsewhere'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /** A ticket to my inbox, where my devices hear of calls. */

  readonly inboxTicket: {
    readonly input: undefined;
    readonly answer: {
      /** Lets this device in, once; a new one is at /api/calls/:id/ticket */
      readonly ticket: string;

      /** A path of this origin: open a WebSocket at `<url>?ticket=<ticket>` */
      readonly url: string;

      /** When the ticket ends, by the server’s clock */
      readonly expiresAt: string;

      /** How long the ticket is good for: count from now */
      readonly ttlSeconds: number;
    };
    readonly errors:
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** My calls, the newest first; those that are not over yet are not among them. */

  readonly listCalls: {
    readonly input: {
      /** `next` of the page before */
      readonly before?: string | undefined;

      /** 1 to 100 */
      readonly limit?: string | undefined;
    };
    readonly answer: {
      readonly calls: readonly {
        readonly callId: string;
        readonly direction: 'outgoing' | 'incoming';
        readonly video: boolean;
        readonly group: boolean;
        readonly startedAt: string;
        readonly answeredAt: string | null;
        readonly endedAt: string;

        /** From the answer to the end; 0 when there was none */
        readonly durationSeconds: number;
        readonly reason:
          | 'hung_up'
          | 'declined'
          | 'busy'
          | 'cancelled'
          | 'missed'
          | 'failed'
          | 'lost';

        /** It rang for me, or would have, and I neither took nor declined it */
        readonly missed: boolean;

        /** All others, the caller first */
        readonly peers: readonly {
          readonly userId: string;

          /** "" when unset, as displayName */
          readonly username: string;
          readonly displayName: string;
        }[];
      }[];

      /** For `before`; null on the last page */
      readonly next: string | null;
    };
    readonly errors:
      | 'invalid_field'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /**
   * STUN and TURN servers, for a call that outlives its credentials or a client
   * that prepares one.
   */

  readonly listIceServers: {
    readonly input: undefined;
    readonly answer: {
      /** For `new RTCPeerConnection({iceServers})` */
      readonly iceServers: readonly {
        readonly urls: readonly string[];
        readonly username?: string;
        readonly credential?: string;
      }[];

      /** Of the credentials, if there are any */
      readonly expiresAt: string | null;

      /** How long they are good for: count from now */
      readonly ttlSeconds: number | null;
    };
    readonly errors:
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /**
   * Send a message. With a `clientId` it is sent once, however often it is tried:
   * 201 the first time, 200 with the same message after.
   */

  readonly sendMessage: {
    readonly input: { readonly id: string } & {
      readonly text?: string | undefined;

      /** `url`: a `data:` URL of an image or video type that is allowed, or `https:` */
      readonly attachment?: { readonly type: 'image' | 'video'; readonly url: string } | undefined;

      /** Mine alone, for this message in this chat */
      readonly clientId?: string | undefined;
    };
    readonly answer: Message;
    readonly errors:
      | 'invalid_field'
      | 'message_empty'
      | 'message_too_long'
      | 'invalid_attachment'
      | 'attachment_too_large'
      | 'chat_not_found'
      | 'not_allowed_in_chat'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /**
   * The messages of a chat, oldest first: without `before` and `limit` the newest
   * 1,000, with them a page. The header X-Has-More: 1 says that there are older
   * ones.
   */

  readonly listMessages: {
    readonly input: { readonly id: string } & {
      /** A `seq`: only messages before it */
      readonly before?: string | undefined;

      /** 1 to 100; 50 when only `before` is there */
      readonly limit?: string | undefined;
    };
    readonly answer: readonly Message[];
    readonly errors:
      | 'invalid_field'
      | 'chat_not_found'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** One message with its whole attachment. */

  readonly getMessage: {
    readonly input: { readonly id: string; readonly messageId: string };
    readonly answer: Message;
    readonly errors:
      | 'chat_not_found'
      | 'message_not_found'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Change the text of a message of mine. */

  readonly editMessage: {
    readonly input: { readonly id: string; readonly messageId: string } & { readonly text: string };
    readonly answer: Message;
    readonly errors:
      | 'invalid_field'
      | 'message_empty'
      | 'message_too_long'
      | 'chat_not_found'
      | 'message_not_found'
      | 'not_allowed_in_chat'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /** Delete a message of mine, or as an admin any message of a group or channel. */

  readonly deleteMessage: {
    readonly input: { readonly id: string; readonly messageId: string };
    readonly answer: Message;
    readonly errors:
      | 'chat_not_found'
      | 'message_not_found'
      | 'not_allowed_in_chat'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** Say how far I have read; marks only grow. */

  readonly markRead: {
    readonly input: { readonly id: string } & { readonly seq: number };
    readonly answer: {
      /** The mark now: the highest that was ever said */
      readonly readSeq: number;
      readonly unread: number;
    };
    readonly errors:
      | 'invalid_field'
      | 'chat_not_found'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /** What changed for me in all my chats since a cursor, in order and in pages. */

  readonly sync: {
    readonly input: {
      /** `next` of the answer before; the first time none */
      readonly since?: string | undefined;

      /** How many entries of the feed a page is of: 1 to 200; 200 when absent */
      readonly limit?: string | undefined;
    };
    readonly answer: {
      readonly changes: readonly Change[];

      /** The cursor to ask with from now on */
      readonly next: string;

      /** The number in my feed that `next` stands at */
      readonly n: number;

      /** There is more: ask again at once */
      readonly more: boolean;

      /**
       * The first time, or the cursor cannot be gone on from: read the list of chats
       * and their messages anew, then go on from `next`
       */
      readonly reset: boolean;

      /** My large chats, on the last page: compare their versions */
      readonly large: readonly { readonly chatId: string; readonly version: number }[];
    };
    readonly errors:
      | 'invalid_field'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /**
   * The messages of a chat that changed after a version, in the order of their
   * versions.
   */

  readonly chatChanges: {
    readonly input: { readonly id: string } & {
      /** A `version` of the chat */
      readonly since: string;
    };
    readonly answer: {
      readonly chat: Chat;
      readonly messages: readonly Message[];

      /** Ask with it from now on; below `since`: the chat was restored, read it anew */
      readonly version: number;
      readonly more: boolean;
    };
    readonly errors:
      | 'invalid_field'
      | 'chat_not_found'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };

  /** The key that a browser subscribes to pushes with. */

  readonly getPushKey: {
    readonly input: undefined;
    readonly answer: {
      /** `applicationServerKey`: an uncompressed point of P-256, in base64url */
      readonly publicKey: string;
    };
    readonly errors: 'push_off' | 'body_too_large' | 'unavailable' | 'misconfigured' | 'internal';
  };

  /** Push calls and messages to this session while no device of mine is connected. */

  readonly subscribeToPush: {
    readonly input: {
      /** This and `keys` as PushSubscription.toJSON() has them */
      readonly endpoint: string;
      readonly keys: { readonly p256dh: string; readonly auth: string };

      /** The key that the browser subscribed with: GET /api/push/key */
      readonly publicKey: string;
    };
    readonly answer: { readonly ok: true };
    readonly errors:
      | 'invalid_field'
      | 'push_service_unknown'
      | 'push_key_changed'
      | 'push_off'
      | 'too_many_requests'
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token'
      | 'malformed_json';
  };

  /** Push nothing to this session any more. */

  readonly unsubscribeFromPush: {
    readonly input: undefined;
    readonly answer: { readonly ok: true };
    readonly errors:
      | 'body_too_large'
      | 'unavailable'
      | 'misconfigured'
      | 'internal'
      | 'no_token'
      | 'invalid_token';
  };
}

/** Method, path, and whether the endpoint wants a token. */
export const ENDPOINTS: {
  readonly [Name in keyof Endpoints]: readonly [method: string, path: string, bearer?: true];
} = {
  requestCode: ['POST', '/api/auth/request-code'],
  verifyCode: ['POST', '/api/auth/verify-code'],
  verifyLink: ['POST', '/api/auth/verify-link'],
  requestQr: ['POST', '/api/auth/qr/request'],
  checkQr: ['GET', '/api/auth/qr/check'],
  qrInfo: ['GET', '/api/auth/qr/info', true],
  confirmQr: ['POST', '/api/auth/qr/confirm', true],
  denyQr: ['POST', '/api/auth/qr/deny', true],
  logout: ['POST', '/api/auth/logout', true],
  listSessions: ['GET', '/api/sessions', true],
  revokeOthers: ['DELETE', '/api/sessions', true],
  revokeSession: ['DELETE', '/api/sessions/:id', true],
  getProfile: ['GET', '/api/profile', true],
  updateProfile: ['PATCH', '/api/profile', true],
  listChats: ['GET', '/api/chats', true],
  createChat: ['POST', '/api/chats', true],
  getChat: ['GET', '/api/chats/:id', true],
  updateChat: ['PATCH', '/api/chats/:id', true],
  listMembers: ['GET', '/api/chats/:id/members', true],
  addMembers: ['POST', '/api/chats/:id/members', true],
  changeRole: ['PATCH', '/api/chats/:id/members/:userId', true],
  removeMember: ['DELETE', '/api/chats/:id/members/:userId', true],
  joinChannel: ['POST', '/api/chats/:id/join', true],
  searchPeople: ['GET', '/api/users/search', true],
  getPublicKey: ['GET', '/api/users/:id/public-key', true],
  setPublicKey: ['POST', '/api/profile/public-key', true],
  blockUser: ['PUT', '/api/users/:id/block', true],
  unblockUser: ['DELETE', '/api/users/:id/block', true],
  listBlocked: ['GET', '/api/users/blocked', true],
  startCall: ['POST', '/api/calls', true],
  callTicket: ['POST', '/api/calls/:id/ticket', true],
  inviteToCall: ['POST', '/api/calls/:id/invite', true],
  inboxTicket: ['POST', '/api/calls/inbox', true],
  listCalls: ['GET', '/api/calls', true],
  listIceServers: ['GET', '/api/calls/ice', true],
  sendMessage: ['POST', '/api/chats/:id/messages', true],
  listMessages: ['GET', '/api/chats/:id/messages', true],
  getMessage: ['GET', '/api/chats/:id/messages/:messageId', true],
  editMessage: ['PATCH', '/api/chats/:id/messages/:messageId', true],
  deleteMessage: ['DELETE', '/api/chats/:id/messages/:messageId', true],
  markRead: ['PUT', '/api/chats/:id/read', true],
  sync: ['GET', '/api/sync', true],
  chatChanges: ['GET', '/api/chats/:id/changes', true],
  getPushKey: ['GET', '/api/push/key'],
  subscribeToPush: ['PUT', '/api/push/subscription', true],
  unsubscribeFromPush: ['DELETE', '/api/push/subscription', true],
};
