import type { CallClientFrame, CallServerFrame, Signal } from '../contract.ts';
import type { Profile } from '../inbox/types.ts';
import type { LinkState } from '../link/state.ts';
import type { LinkEffect, LinkEvent } from '../link/types.ts';
import type { Answer } from '../request.ts';
import type { Callee, CallState, EndReason, Person } from './types.ts';

/*
 * The boundary of the call machine (machine.ts). It is pure: whoever runs it tells what happened
 * with `stepCall(state, event, now)`, does the effects in their order, shows `viewCall(state)`, and
 * sends the event `time` at `callDeadline(state)`. Times are milliseconds of one clock.
 *
 * A `connection` is the number of an RTCPeerConnection of this call. Numbers are never used again,
 * so what is told of a connection that was dropped changes nothing.
 */

/** How a call begins on this device. */
export type CallStart =
  /** Somebody is called. Of one callee the offer is made first, and goes with POST. */
  | { readonly type: 'dial'; readonly to: Callee; readonly video: boolean }
  /**
   * A call rings here. It is prepared at once: the room is entered and, of two, the offer applied.
   * Nothing is said to the others before the event `accept`.
   */
  | {
      readonly type: 'ring';
      readonly call: string;
      readonly from: Profile;
      readonly video: boolean;
      readonly group: boolean;
      /** When it stops to ring, by the clock of this device. */
      readonly until: number;
    }
  /** This device has the call, and no memory of it. */
  | { readonly type: 'comeBack'; readonly call: string }
  /** Another device of mine has the call. It is here after the event `move`. */
  | { readonly type: 'move'; readonly call: string };

/** ICE servers as the API gives them, for `new RTCPeerConnection({ iceServers })`. */
export type IceServers = Answer<'callTicket'>['iceServers'];

/** How media of a connection go, as `RTCPeerConnection.connectionState` says. */
export type MediaState = 'new' | 'connected' | 'disconnected' | 'failed';

/** Why the API did not do something. */
export interface Refusal {
  /** The code of the `AistError`; `no_answer` when none came. */
  readonly code: string;
  /** 0 when no answer came. */
  readonly status: number;
  readonly retryAt?: number | undefined;
  /** How the call ended, where the answer says so. */
  readonly reason?: string | undefined;
}

/** What happens to an attempt; of a ticket that was refused the answer may say how it ended. */
export type CallLinkEvent =
  | Exclude<Extract<LinkEvent, { attempt: number }>, { type: 'refused' }>
  | ({ readonly type: 'refused'; readonly attempt: number } & Refusal)
  | { readonly type: 'frame'; readonly attempt: number; readonly frame: CallServerFrame };

/** What happens to a call on this device. */
export type CallEvent =
  /** The person takes the call that rings. */
  | { readonly type: 'accept' }
  /** What this device sends is ready, and the person takes the call over. */
  | { readonly type: 'move' }
  /**
   * The person declines the call, gives it up or leaves it. The effect `settle` comes once for each
   * number, when the room knows or the call is over anyhow.
   */
  | { readonly type: 'hangUp'; readonly action: number }
  /** The call is left without a word, since the page goes or it need not be prepared. */
  | { readonly type: 'leave' }
  /** POST /api/calls was answered; `url` is the whole address of the socket, with its ticket. */
  | ({ readonly type: 'dialled'; readonly url: string } & Pick<
      Answer<'startCall'>,
      'callId' | 'role' | 'video' | 'existing' | 'state' | 'reason'
    >)
  | ({ readonly type: 'dialFailed' } & Refusal)
  /** What happened to the request or the socket of an attempt. */
  | CallLinkEvent
  /** A connection has made an offer, an answer or a candidate. */
  | { readonly type: 'signalMade'; readonly connection: number; readonly signal: Signal }
  | { readonly type: 'mediaState'; readonly connection: number; readonly state: MediaState }
  /** The browser has a network again or another one: sockets and media are looked at anew. */
  | { readonly type: 'online' }
  | { readonly type: 'offline' }
  /** The page is shown again, or the device was awoken: the socket is looked at anew. */
  | { readonly type: 'wake' }
  | { readonly type: 'time' };

/** What a call wants done. */
export type CallEffect =
  /**
   * POST /api/calls, and tell `dialled` or `dialFailed`. It may come again when nothing was
   * answered; the request itself is not to be repeated.
   */
  | {
      readonly type: 'post';
      readonly to: Callee;
      readonly video: boolean;
      readonly offer?: string;
    }
  /** `ask` is POST /api/calls/<call>/ticket, to take the call over if another device has it. */
  | LinkEffect
  /** A frame for the socket of an attempt; what can not be sent is dropped. */
  | { readonly type: 'say'; readonly attempt: number; readonly frame: CallClientFrame }
  /**
   * A new connection. `polite` is the side of perfect negotiation that gives way. `offers`: it
   * offers at once. `held`: nothing of its own is captured, and no candidate of the other side is
   * used, until `release`.
   */
  | {
      readonly type: 'peer';
      readonly connection: number;
      readonly polite: boolean;
      readonly offers: boolean;
      readonly held: boolean;
    }
  | { readonly type: 'release'; readonly connection: number }
  /** Signals of the other side, in their order. */
  | { readonly type: 'apply'; readonly connection: number; readonly signals: readonly Signal[] }
  /** ICE is to be restarted: `restartIce()`. */
  | { readonly type: 'restart'; readonly connection: number }
  | { readonly type: 'dropPeer'; readonly connection: number }
  /** An action of the person is done; `error` says why it could not be. */
  | { readonly type: 'settle'; readonly action: number; readonly error?: string };

/** Somebody else in the call, as far as the machine knows of them. */
export interface PersonView extends Profile, Pick<Person, 'state' | 'unreachable'> {
  /** The connection to them, if there is one at the moment. */
  readonly connection: number | undefined;
}

/** What of a call is shown. */
export interface CallView {
  /** The id; undefined until the server has answered. */
  readonly call: string | undefined;
  readonly video: boolean;
  readonly group: boolean;
  /**
   * Where the call stands. After `hangUp` it is `ended` at once; how it ended may change once more,
   * when the room says that the other side was faster.
   */
  readonly state: CallState;
  /** Whether the room has said that this device is in the call. */
  readonly joined: boolean;
  /** Whether the call of another device can be moved here now, by the event `move`. */
  readonly movable: boolean;
  readonly people: readonly PersonView[];
  readonly link: LinkState;
  /** Why it `failed`, if the API or the room said so. */
  readonly error: Refusal | undefined;
  /** Whether all is over: nothing is waited for any more, and no effect comes. */
  readonly over: boolean;
}

/** How a call ended, and by whom. */
export interface Ending {
  readonly reason: EndReason;
  readonly by: Extract<CallState, { state: 'ended' }>['by'];
}
