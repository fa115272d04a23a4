import {
  blockUser,
  getPublicKey,
  listBlocked,
  searchPeople,
  setPublicKey,
  unblockUser,
} from '../contract/http/people.ts';
import { tellMembers } from '../feed/tell.ts';
import { ApiError, tooManyRequests } from '../platform/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { createRouter } from '../platform/http/router.ts';
import type { Services } from '../session/services.ts';
import type { BlockOutcome } from './block-store.ts';
import { addBlock, listBlocks, removeBlock } from './block-store.ts';
import type { KeyHint } from './key-store.ts';
import { findKey, setKey } from './key-store.ts';
import type { Person } from './person.ts';
import { toPerson } from './person.ts';
import { parseSearch } from './search.ts';
import { findPeople } from './search-store.ts';

/** The routes about other people: finding them, blocking them, and the keys of all. */
export const peopleRoutes = (services: Services) => {
  const { db } = services;
  const { app, route } = createRouter(services);

  route(searchPeople, async ({ ctx, userId, query }) => {
    const name = parseSearch(query.q ?? '');
    if (name === undefined) return [] as Person[];
    const found = await findPeople(db, { userId, name, now: ctx.now() });
    if (found.outcome === 'too_many_requests') throw tooManyRequests(found.waitMs);
    return found.people.map(toPerson);
  });

  route(getPublicKey, async ({ params }) => {
    const key = await findKey(db, params.id);
    if (!key) throw new ApiError('user_not_found');
    return key;
  });

  route(setPublicKey, async ({ ctx, userId, session, body: { publicKey } }) => {
    const kept = await setKey(db, { userId, publicKey, now: ctx.now() });
    if (kept.outcome === 'too_many_requests') throw tooManyRequests(kept.waitMs);
    if (kept.outcome !== 'kept') throw new ApiError(kept.outcome);
    for (const hint of kept.hints) tellOfKey(ctx, services, { ...hint, senderSid: session.sid });
    return { ok: true, version: kept.version };
  });

  route(blockUser, async ({ ctx, userId, params }) => {
    throwUnlessOk(await addBlock(db, { userId, blockedId: params.id, now: ctx.now() }));
    return { ok: true };
  });

  route(unblockUser, async ({ ctx, userId, params }) => {
    throwUnlessOk(await removeBlock(db, { userId, blockedId: params.id, now: ctx.now() }));
    return { ok: true };
  });

  route(listBlocked, async ({ userId }) => (await listBlocks(db, userId)).map(toPerson));

  return app;
};

const throwUnlessOk = (result: BlockOutcome): void => {
  if (result.outcome === 'too_many_requests') throw tooManyRequests(result.waitMs);
  if (result.outcome !== 'ok') throw new ApiError(result.outcome);
};

/** Tells the other side of a personal chat that a key changed [M43]. */
const tellOfKey = (
  ctx: RequestContext,
  services: Services,
  { chatId, version, userId, n, senderSid }: KeyHint & { readonly senderSid: string },
): void =>
  tellMembers(ctx, services, {
    chatId,
    news: { type: 'change', what: 'chat', version },
    told: [{ userId, n }],
    large: false,
    senderSid,
  });
