import type { Done } from '../../party/wire/messages.ts';
import type { PushMessage, PushNews } from '../../party/wire/to-worker.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { drawRandomText } from '../platform/random.ts';
import { tryThrice } from '../platform/retry.ts';
import type { Services } from '../session/services.ts';
import { composeCallPush, composeMessagePush, rankOf, topicOf } from './news.ts';
import type { Push, PushOutcome, Sender } from './send.ts';
import { sendPush } from './send.ts';
import type { SessionSubscription } from './store.ts';
import { claimPush, deleteGone, findMessageNews, findSubscriptions } from './store.ts';
import type { Vapid } from './vapid.ts';

/** The services of pushes, and what they are signed with. */
export interface PushServices extends Pick<Services, 'db' | 'redis' | 'settings'> {
  readonly vapid: Vapid;
}

/** News for one user. */
interface Telling {
  readonly userId: string;
  readonly news: PushNews;
  readonly topic: string;
  /** Names this work, so that it may be claimed again. */
  readonly pusher: string;
}

/** How many pushes are sent at a time: a Worker has at most six requests open. */
const AT_ONCE = 5;

/** The pauses before each round of tries, in milliseconds [P7]. */
const PAUSES_MS = [0, 1_000, 4_000];

/** A push service that asks for a longer pause is not asked again, in milliseconds. */
const LONGEST_PAUSE_MS = 8_000;

/** How long all tries may take, in milliseconds: work behind an answer ends after 30 s. */
const TOTAL_MS = 25_000;

/** Tells a user by push, behind the answer [P4]. Without keys nothing is pushed. */
export const onPushMessage = (
  ctx: RequestContext,
  services: PushServices | undefined,
  { user: userId, news }: PushMessage,
): Done => {
  if (services) ctx.defer('push.not_sent', () => tellByPush(ctx, services, { userId, news }));
  return { outcome: 'done' };
};

const tellByPush = async (
  ctx: RequestContext,
  services: PushServices,
  { userId, news }: Pick<Telling, 'userId' | 'news'>,
): Promise<void> => {
  const telling = { userId, news, topic: await topicOf(news), pusher: drawRandomText(12) };
  const found = await tryThrice(() => findPush(ctx, services, telling));
  if (!found || found.subscriptions.length === 0) return;
  await pushInRounds(ctx, services, { ...telling, ...found });
};

/** A push, made anew for each round, and the subscriptions that it goes to. */
interface Found {
  readonly compose: () => Push | undefined;
  readonly subscriptions: readonly SessionSubscription[];
}

/** Finds what to push and where to; undefined when there is nothing to tell. */
const findPush = async (
  ctx: RequestContext,
  { db, vapid }: PushServices,
  { userId, news, topic }: Telling,
): Promise<Found | undefined> => {
  const addressee = { userId, serverKey: vapid.publicKey };
  if (news.kind === 'message') {
    const { chat: chatId, seq } = news;
    const found = await findMessageNews(db, { ...addressee, chatId, seq });
    if (!found) return undefined;
    const compose = () => composeMessagePush(news, found, { to: userId, topic });
    return { compose, subscriptions: found.subscriptions };
  }
  const found = await findSubscriptions(db, addressee);
  const by = news.kind === 'stopped' ? news.by : undefined;
  return {
    compose: () => composeCallPush(news, { to: userId, topic, now: ctx.now() }),
    subscriptions: found.filter(({ sid }) => sid !== by),
  };
};

/**
 * Sends a push to all subscriptions of living sessions, and tries again where a push service asks
 * for it, as long as nothing later was pushed. Subscriptions that are gone, and those of sessions
 * that have ended, are deleted.
 */
const pushInRounds = async (
  ctx: RequestContext,
  services: PushServices,
  { compose, subscriptions, ...telling }: Telling & Found,
): Promise<void> => {
  const { settings, vapid, db } = services;
  const stop = AbortSignal.timeout(TOTAL_MS);
  let left = subscriptions;
  let asked = 0;
  for (const pause of PAUSES_MS) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(pause, asked)));
    const push = stop.aborted ? undefined : compose();
    const ended = push && (await claim(ctx, services, { ...telling, left }));
    if (!push || !ended) return;
    const living = left.filter(({ sid }) => !ended.includes(sid));
    const sender = { settings, vapid, now: ctx.now(), stop };
    const outcomes = await sendToAll(sender, living, push);
    const withOutcome = (wanted: PushOutcome['outcome']) =>
      living.filter((_, index) => outcomes[index]?.outcome === wanted);
    logRefusals(ctx, outcomes);
    const gone = [...withOutcome('gone'), ...left.filter(({ sid }) => ended.includes(sid))];
    if (gone.length > 0) {
      const endpoints = gone.map(({ endpoint }) => endpoint);
      await deleteGone(db, telling.userId, endpoints);
    }
    left = withOutcome('later');
    asked = Math.max(0, ...outcomes.map((one) => ('retryAfterMs' in one ? one.retryAfterMs : 0)));
    if (left.length === 0 || asked > LONGEST_PAUSE_MS) break;
  }
  if (left.length > 0)
    ctx.log.warn('push.given_up', { kind: telling.news.kind, left: left.length });
};

const claim = (
  ctx: RequestContext,
  { redis }: PushServices,
  { userId, news, topic, pusher, left }: Telling & { readonly left: Found['subscriptions'] },
) => {
  const isMessage = news.kind === 'message';
  const about = { userId, topic, rank: rankOf(news), isMessage, pusher };
  return tryThrice(() => claimPush(redis, { ...about, subscriptions: left, now: ctx.now() }));
};

/** Sends a push to these subscriptions, a few at a time; the outcomes are in their order. */
const sendToAll = async (
  sender: Sender,
  subscriptions: readonly SessionSubscription[],
  push: Push,
): Promise<readonly PushOutcome[]> => {
  const outcomes: PushOutcome[] = [];
  for (let at = 0; at < subscriptions.length; at += AT_ONCE) {
    const some = subscriptions.slice(at, at + AT_ONCE);
    outcomes.push(...(await Promise.all(some.map((each) => sendPush(sender, each, push)))));
  }
  return outcomes;
};

const logRefusals = (ctx: RequestContext, outcomes: readonly PushOutcome[]): void => {
  for (const one of outcomes)
    if (one.outcome === 'refused') ctx.log.error('push.refused', { status: one.status });
};
