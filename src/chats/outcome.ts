import type { FeedKind } from '../contract/http/sync.ts';
import type { Told } from '../feed/tell.ts';
import { tellMembers } from '../feed/tell.ts';
import { ApiError, tooManyRequests } from '../platform/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import type { Services } from '../session/services.ts';
import type { Session } from '../session/token.ts';

/** Why a change of a chat may be refused. */
export const REFUSALS = [
  'chat_not_found',
  'not_allowed_in_chat',
  'peer_not_found',
  'chat_with_oneself',
  'last_admin',
  'chat_full',
] as const;

/** A change that was committed: who has it in their feed. */
export interface Committed {
  readonly chatId: string;
  readonly version: number;
  readonly large: boolean;
  readonly told: readonly Told[];
}

/**
 * What came of asking for a change. Without `change` nothing had to be changed: it was as asked
 * for already.
 */
export type Outcome<Answer> =
  | { readonly refused: (typeof REFUSALS)[number] }
  | { readonly waitMs: number }
  | { readonly answer: Answer; readonly change: Committed | undefined };

/** Who changes a chat, and within which request. */
export interface Acting {
  readonly ctx: RequestContext;
  readonly session: Session;
}

/** Which change it is, for those whose feed does not say otherwise. */
type What = Extract<FeedKind, 'chat' | 'member'>;

/**
 * Tells the members of a change, and returns its answer. Who comes and goes in a large chat is
 * told to nobody else: every single one would be told to thousands.
 *
 * @throws {ApiError} why it was refused
 */
export const concludeChange = <Answer>(
  { ctx, session }: Acting,
  services: Services,
  { what, outcome }: { readonly what: What; readonly outcome: Outcome<Answer> },
): Answer => {
  if ('refused' in outcome) throw new ApiError(outcome.refused);
  if ('waitMs' in outcome) throw tooManyRequests(outcome.waitMs);
  const { answer, change } = outcome;
  if (change) {
    const { chatId, version, told } = change;
    const large = change.large && what === 'chat';
    const news = { type: 'change', what, version } as const;
    tellMembers(ctx, services, { chatId, news, told, large, senderSid: session.sid });
  }
  return answer;
};
