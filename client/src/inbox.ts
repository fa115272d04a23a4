export type { InboxOptions } from './inbox/inbox.ts';
export { openInbox } from './inbox/inbox.ts';
export type {
  CallInProgress,
  Inbox,
  InboxEvents,
  Profile,
  Ring,
  StopReason,
} from './inbox/types.ts';
export type { LinkCause, LinkState } from './link/state.ts';
