import type { Message } from '../contract.ts';
import type { LinkState } from '../link/state.ts';
import type { Store } from '../store.ts';

/** A user as others see them; an empty name is not set. */
export interface Profile {
  readonly user: string;
  readonly username: string;
  readonly displayName: string;
}

/** A call that rings here. */
export interface Ring {
  readonly call: string;
  readonly from: Profile;
  readonly video: boolean;
  readonly group: boolean;
  /** When it stops by itself, in milliseconds by this device's clock. */
  readonly until: number;
}

/** The call that this user is in or makes, on whichever device. */
export interface CallInProgress {
  readonly call: string;
  readonly role?: 'caller' | 'callee';
  /** `ringing`: nobody has answered yet. */
  readonly state: 'ringing' | 'accepted';
  /** Whether this browser has it: then it can come back to it. */
  readonly here: boolean;
  /** The session that has it, as `listSessions` names it. */
  readonly session?: string;
}

/** Why a call stopped ringing. */
export type StopReason =
  | 'hung_up'
  | 'declined'
  | 'busy'
  | 'cancelled'
  | 'missed'
  | 'failed'
  | 'lost'
  | 'answered_elsewhere';

/** What an inbox tells, by name. */
export interface InboxEvents {
  /** It rings no longer: answered in another tab or device, given up, or missed. */
  readonly stopped: { readonly ring: Ring; readonly reason: StopReason };
  /** Told beside `stopped` when nobody has answered it, on no device, and nobody has refused it. */
  readonly missed: { readonly ring: Ring };
  /** A message is new, or was edited or deleted. A hint: sync tells the same. */
  readonly message: {
    readonly n?: number;
    readonly chat: string;
    readonly seq: number;
    readonly version: number;
    readonly message: Message;
  };
  /** Something else changed in a chat: ask sync what. */
  readonly change: {
    readonly n?: number;
    readonly chat: string;
    readonly version?: number;
    readonly what: 'message' | 'chat' | 'member' | 'read' | 'left';
  };
  /** Somebody is writing; it is over six seconds later, or with their message. */
  readonly typing: { readonly chat: string; readonly user: string };
  /** The connection is there (again); `n` is the newest number in the feed. */
  readonly welcome: { readonly n?: number };
}

/** What happens to a user: calls that ring, messages, and who is writing. */
export interface Inbox {
  /** The connection: the same in all tabs. */
  readonly link: Store<LinkState>;
  /** What rings, the first one first: the same in all tabs. */
  readonly rings: Store<readonly Ring[]>;
  /** The call on whichever device, in this tab too; the same in all tabs. */
  readonly inCall: Store<CallInProgress | undefined>;
  /** Hears an event in every tab; returns the function that ends it. */
  on<Name extends keyof InboxEvents>(
    name: Name,
    listener: (event: InboxEvents[Name]) => void,
  ): () => void;
  /**
   * Refuses a call on all devices; here it rings no longer at once. Resolves once it was sent.
   *
   * @throws {AistError} `no_answer` when there was no connection for ten seconds
   */
  decline(call: string): Promise<void>;
  /**
   * Ends a call that another device makes and nobody has answered. Resolves once it was sent.
   *
   * @throws {AistError} `no_answer` when there was no connection for ten seconds
   */
  hangUp(call: string): Promise<void>;
  /** Says that this browser takes a call: it rings no longer in any of its tabs. */
  taken(call: string): void;
  /** Says that the person writes in a chat; call it with each key, it is sent once in 3 s. */
  typing(chat: string): void;
  /** The number in the feed that was read up to, for the next hello; chats set it. */
  readUpTo(n: number): void;
  dispose(): void;
}
