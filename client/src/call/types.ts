import type { Profile, Ring } from '../inbox/types.ts';
import type { LinkState } from '../link/state.ts';
import type { Store } from '../store.ts';

/** What of one's own is sent when a call begins; `video` also decides how it rings. */
export interface CallMedia {
  readonly microphone?: boolean | { readonly device: string };
  readonly camera?: boolean | { readonly device: string } | 'front' | 'back';
}

/** Why a call ended for this device. */
export type EndReason =
  /** Somebody ended it. */
  | 'hung_up'
  | 'declined'
  /** The callee is in another call. */
  | 'busy'
  /** The caller gave up before it was answered. */
  | 'cancelled'
  /** Nobody answered in time. */
  | 'missed'
  /** It could not be begun; `Call.error` says why. */
  | 'failed'
  /** Somebody was without a connection for too long. */
  | 'lost'
  /** Another device of mine has answered. */
  | 'answered_elsewhere'
  /** Another device of mine has taken it over. */
  | 'moved'
  /** Another tab of this browser has it. */
  | 'replaced'
  /** The session was ended. */
  | 'signed_out';

/** Where a call stands. Times are milliseconds by this device's clock. */
export type CallState =
  /** The call is being made: nothing rings yet. */
  | { readonly state: 'calling' }
  /** It rings at the other side; `unreachable`: none of their devices is connected. */
  | { readonly state: 'ringing'; readonly until: number; readonly unreachable: boolean }
  /** It was answered, and media do not flow yet. */
  | { readonly state: 'connecting' }
  | { readonly state: 'talking'; readonly since: number }
  | {
      readonly state: 'reconnecting';
      readonly since: number;
      /** When it is given up, if that is known. */
      readonly until: number | undefined;
      readonly cause: 'my_network' | 'their_network' | 'room' | 'media';
      /** When the talk began, if it has. */
      readonly talkingSince: number | undefined;
    }
  | {
      readonly state: 'ended';
      readonly reason: EndReason;
      readonly by: 'me' | 'them' | 'my_other_device' | 'server';
      readonly talkedMs: number;
    };

/** How well media of somebody arrive. */
export type Quality = 'unknown' | 'good' | 'poor' | 'bad';

/** Somebody else in a call. */
export interface Person extends Profile {
  readonly state: 'ringing' | 'connecting' | 'talking' | 'away' | 'left';
  readonly unreachable: boolean;
  /** Microphone and camera. */
  readonly stream: MediaStream | undefined;
  /** The shared screen, if there is one. */
  readonly screen: MediaStream | undefined;
  /** Whether they have it on; undefined when their client does not tell. */
  readonly microphone: boolean | undefined;
  readonly camera: boolean | undefined;
  readonly quality: Quality;
  /** Four emoji that both sides see; empty when it is not known yet, or never will be. */
  readonly safety: readonly string[];
}

/** Why a device gives nothing. */
export type DeviceProblem =
  /** The person or the browser does not allow it. */
  | 'denied'
  | 'missing'
  /** Another program has it. */
  | 'in_use'
  /** It was unplugged. */
  | 'ended'
  | 'failed';

/** A microphone, a camera or a screen of one's own. */
export interface OwnDevice {
  readonly on: boolean;
  /** The id of the device, as `navigator.mediaDevices.enumerateDevices` names it. */
  readonly device: string | undefined;
  readonly problem: DeviceProblem | undefined;
}

/** What this side of a call sends and hears with. */
export interface Me {
  readonly microphone: OwnDevice;
  readonly camera: OwnDevice;
  readonly screen: OwnDevice;
  /** The id of the loudspeaker; undefined is the one of the system. */
  readonly speaker: string | undefined;
  /** Whether the browser wants a click before it plays sound: call `unlockAudio` from one. */
  readonly audioLocked: boolean;
  /** What the others see: for the self view. */
  readonly stream: MediaStream;
  readonly screenStream: MediaStream | undefined;
}

/** A call on this device. Its actions throw `AistError` or `CallError`; its stores never do. */
export interface Call {
  /** The id; undefined until the server has answered. */
  readonly id: Store<string | undefined>;
  readonly video: boolean;
  readonly group: Store<boolean>;
  readonly state: Store<CallState>;
  readonly people: Store<readonly Person[]>;
  readonly me: Store<Me>;
  /** The connection to the room. */
  readonly link: Store<LinkState>;
  /** Why it failed, in words for people and as a code. */
  readonly error: Store<Error | undefined>;
  /** The four emoji of a call of two; empty in groups (see `Person.safety`). */
  readonly safety: Store<readonly string[]>;
  microphone(on: boolean | { readonly device: string }): Promise<void>;
  camera(on: boolean | { readonly device: string } | 'front' | 'back'): Promise<void>;
  screen(on: boolean): Promise<void>;
  speaker(device: string): Promise<void>;
  /** Plays sound that the browser has held back: call it from a click. */
  unlockAudio(): Promise<void>;
  /**
   * Rings somebody else, a user id or a username, into the call once it was answered; `people`
   * tells what becomes of it. A call of two is a group call from then on.
   */
  invite(user: string): Promise<void>;
  /** Leaves the call, or gives it up. Resolves once the server knows, or it is over anyhow. */
  hangUp(): Promise<void>;
  /** What is known of this call for finding faults: no addresses, no names. */
  report(): Promise<CallReport>;
}

/** What happened in a call: no addresses, no names, no ids of people. */
export interface CallReport {
  readonly call: string | undefined;
  readonly client: string;
  readonly platform: string;
  /** What happened, in milliseconds since the call began. */
  readonly timeline: readonly { readonly at: number; readonly what: string }[];
  readonly people: readonly {
    readonly route: 'direct' | 'relayed' | 'unknown';
    readonly roundTripMs: number | undefined;
    readonly lostPercent: number | undefined;
    readonly codecs: readonly string[];
    readonly framesDecoded: number;
    readonly audioSeconds: number;
  }[];
}

/** Whom to call: a user id, a username, or several for a group. */
export type Callee = string | readonly [string, ...string[]];

/** What `/call` offers beside `Call`. */
export interface Calls {
  /** Calls somebody. The call is there at once; `state` tells how it goes. */
  call(to: Callee, media?: CallMedia): Call;
  /** Takes a call that rings. */
  accept(ring: Pick<Ring, 'call' | 'video' | 'group' | 'from'>, media?: CallMedia): Call;
  /** Comes back to the call that this browser was in before the page was loaded anew. */
  comeBack(call: string, media?: CallMedia): Call;
  /** Takes over the call that another device of mine is in. */
  moveHere(call: string, media?: CallMedia): Call;
  /** The call of this tab, if there is one. */
  readonly current: Store<Call | undefined>;
  dispose(): void;
}
