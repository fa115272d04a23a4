import type { InboxClientFrame, InboxServerFrame } from '../contract.ts';
import type { LinkState } from '../link/state.ts';
import type { Link, LinkEffect, LinkEvent } from '../link/types.ts';
import type { CallInProgress, InboxEvents, Ring } from './types.ts';

/** A call that rings, as the room tells it. */
export type RingFrame = Omit<Extract<InboxServerFrame, { type: 'ring' }>, 'type'>;

/** What rings, and the call that this user is in. */
export interface RingBook {
  readonly rings: readonly Ring[];
  readonly inCall?: CallInProgress | undefined;
  /** Calls that this browser has answered or refused: they ring no more, whatever comes late. */
  readonly settled: readonly { readonly call: string; readonly until: number }[];
}

/** A frame that a person's action sends. */
export type CommandFrame = Extract<InboxClientFrame, { type: 'decline' | 'hangup' }>;

/** An action that waits until it was sent. */
export interface Command {
  /** Names it among all tabs. */
  readonly id: string;
  /** The tab that it is of. */
  readonly from: string;
  readonly frame: CommandFrame;
  /** When it is given up. */
  readonly until: number;
}

/** What the tabs of a browser tell each other. */
export type TabMessage =
  /** Who leads? */
  | { readonly type: 'ask'; readonly from: string }
  /** The leader says all that it knows; `isKnown` when that is what the room has said. */
  | {
      readonly type: 'state';
      readonly from: string;
      /** Since when it leads: of two leaders the later one is right. */
      readonly ledAt: number;
      readonly link: LinkState;
      readonly isKnown: boolean;
      readonly book: RingBook;
      readonly since?: number | undefined;
    }
  /** A frame of the room, and when it came. */
  | { readonly type: 'frame'; readonly frame: InboxServerFrame; readonly at: number }
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'done'; readonly id: string; readonly to: string }
  /** A tab has answered or refused a call. */
  | {
      readonly type: 'settled';
      readonly call: string;
      readonly reason: 'declined' | 'answered_elsewhere';
    }
  | { readonly type: 'typing'; readonly chat: string }
  | { readonly type: 'read'; readonly n: number };

/** The leader, as another tab knows it. */
export interface KnownLeader {
  readonly id: string;
  readonly ledAt: number;
  readonly link: LinkState;
}

/** The inbox in one tab, as plain data. */
export interface InboxState {
  /** The name of this tab. */
  readonly self: string;
  /** `off`: nobody is signed in; `asleep`: the browser has stopped the page. */
  readonly role: 'off' | 'asleep' | 'follower' | 'leader';
  /** Whether there are no other tabs to agree with. */
  readonly isAlone: boolean;
  /** Whether the person may be looking at this tab. */
  readonly isSeen: boolean;
  readonly link: Link;
  readonly ledAt: number;
  readonly leader?: KnownLeader | undefined;
  /** When the leader is asked whether it lives. */
  readonly askAt?: number | undefined;
  /** Until when it has to answer. */
  readonly answerBy?: number | undefined;
  readonly book: RingBook;
  readonly isKnown: boolean;
  readonly since?: number | undefined;
  /** When the person was last said to write, by chat. */
  readonly typedAt: Readonly<Record<string, number>>;
  readonly commands: readonly Command[];
  /** When another socket of this session took the place of this one. */
  readonly replacedAt?: number | undefined;
  /** When it is tried to get the place back. */
  readonly comeBackAt?: number | undefined;
}

/** What an inbox is told. */
export type InboxEvent =
  | LinkEvent
  | { readonly type: 'signIn' | 'signOut' | 'lead' | 'unlead' | 'alone' | 'sleep' | 'hide' }
  | { readonly type: 'frame'; readonly attempt: number; readonly frame: InboxServerFrame }
  | { readonly type: 'message'; readonly message: TabMessage }
  | { readonly type: 'command'; readonly id: string; readonly frame: CommandFrame }
  | { readonly type: 'taken'; readonly call: string }
  | { readonly type: 'typing'; readonly chat: string }
  | { readonly type: 'readUpTo'; readonly n: number };

/** What an inbox wants done. */
export type InboxEffect =
  | LinkEffect
  | { readonly type: 'say'; readonly attempt: number; readonly frame: InboxClientFrame }
  | { readonly type: 'post'; readonly message: TabMessage }
  | {
      readonly type: 'tell';
      readonly name: keyof InboxEvents;
      readonly event: InboxEvents[keyof InboxEvents];
    }
  | { readonly type: 'settle'; readonly id: string; readonly isDone: boolean }
  /** Asks for the lead, or takes it from a leader that does not answer. */
  | { readonly type: 'compete' | 'steal' }
  /** Gives the lead up, or asks for it no longer. */
  | { readonly type: 'yield' };
