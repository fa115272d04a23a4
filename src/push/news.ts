import type { PushNews } from '../../party/wire/to-worker.ts';
import { formatCallerName } from '../calls/missed.ts';
import { sha256 } from '../platform/random.ts';
import type { Push } from './send.ts';
import type { MessageNews } from './store.ts';

/** For how long a push waits for a browser that is away, in seconds. */
const DAY_SECONDS = 86_400;

/** News of a call. */
type CallNews = Exclude<PushNews, { readonly kind: 'message' }>;

/** The names that the push about a message has. */
type Names = Pick<MessageNews, 'username' | 'displayName' | 'chatName'>;

/**
 * Names what a push is about, so that a later one replaces it: 32 characters, as many as RFC 8030
 * allows. Push services see no id of ours.
 */
export const topicOf = (news: PushNews): Promise<string> =>
  sha256(news.kind === 'message' ? `chat ${news.chat}` : `call ${news.call}`, 24);

/** Says which of two pushes about the same is the later one. */
export const rankOf = (news: PushNews): number => {
  if (news.kind === 'message') return news.seq;
  return news.kind === 'call' ? 1 : 2;
};

/**
 * Makes the push about a call [P5]; undefined when it is too late for it.
 *
 * @param to the user who is called
 * @param now milliseconds since 1970
 */
export const composeCallPush = (
  news: CallNews,
  { to, topic, now }: { readonly to: string; readonly topic: string; readonly now: number },
): Push | undefined => {
  const { kind, call, from, video, group, at } = news;
  const about = { to, at, call, from: formatCallerName(from), video, group };
  const push = { urgency: 'high', topic } as const;
  switch (kind) {
    case 'call': {
      const ttl = Math.ceil((news.until - now) / 1_000);
      const payload = { kind, ...about, until: news.until };
      return ttl > 0 ? { ...push, payload, ttl } : undefined;
    }
    case 'missed':
      return { ...push, payload: { kind, ...about }, ttl: DAY_SECONDS };
    case 'stopped':
      return { ...push, payload: { kind, ...about, reason: news.reason }, ttl: STOPPED_SECONDS };
  }
};

/** For how long word that it rings no longer is of use, in seconds: as long as it may have rung. */
const STOPPED_SECONDS = 45;

/** Makes the push about a new message [P6], with nothing of what it says. */
export const composeMessagePush = (
  { chat, seq, at }: Extract<PushNews, { readonly kind: 'message' }>,
  { username, displayName, chatName }: Names,
  { to, topic }: { readonly to: string; readonly topic: string },
): Push => {
  const from = formatCallerName({ username: username ?? '', displayName: displayName ?? '' });
  const name = chatName === null ? {} : { chatName: oneLine(chatName) };
  return {
    payload: { kind: 'message', to, at, chat, seq, from, ...name },
    ttl: DAY_SECONDS,
    urgency: 'normal',
    topic,
  };
};

const oneLine = (chatName: string): string =>
  formatCallerName({ displayName: chatName, username: '' });
