import { getProfile, updateProfile } from '../../src/contract/http/profile.ts';
import { getPushKey } from '../../src/contract/http/push.ts';
import {
  listSessions,
  logout,
  revokeOthers,
  revokeSession,
} from '../../src/contract/http/sessions.ts';
import { ApiError } from '../../src/platform/errors.ts';
import { parseUsername, toShownName, trimDisplayName } from '../../src/profile/names.ts';
import type { TestContext } from './context.ts';
import { createTestRouter, endSessions } from './context.ts';
import type { User } from './people.ts';

/** The routes of the person who is signed in: profile, devices, and that nothing is pushed. */
export const accountRoutes = (context: TestContext) => {
  const { people } = context;
  const { app, route } = createTestRouter(context);

  const findUser = (userId: string): User => {
    const user = people.users.get(userId);
    if (!user) throw new ApiError('user_not_found');
    return user;
  };

  const takeUsername = (user: User, wanted: string) => {
    const parsed = parseUsername(wanted);
    if (!parsed.ok) throw new ApiError(parsed.reason);
    const { username } = parsed;
    if (username === undefined) return;
    const owner = people.withUsername(username);
    if (owner && owner !== user) throw new ApiError('username_taken');
    user.username = username;
  };

  route(getProfile, ({ userId }) => {
    const { phone, username, displayName } = findUser(userId);
    return { userId, phone, username, displayName };
  });

  route(updateProfile, ({ userId, body }) => {
    const user = findUser(userId);
    if (body.username !== undefined) takeUsername(user, body.username);
    if (body.displayName !== undefined)
      user.displayName = toShownName(trimDisplayName(body.displayName));
    return { username: user.username, displayName: user.displayName };
  });

  route(listSessions, ({ session }) => ({
    ok: true,
    sessions: people.sessionsOf(session.userId).map(({ sid, method, createdAt, device }) => ({
      id: sid,
      current: sid === session.sid,
      method,
      createdAt: new Date(createdAt).toISOString(),
      lastSeenAt: new Date(createdAt).toISOString(),
      ...device,
    })),
  }));

  route(revokeSession, async ({ userId, params }) => {
    const meant = people.sessionsOf(userId).filter(({ sid }) => sid === params.id);
    if (meant.length === 0) throw new ApiError('session_not_found');
    await endSessions(context, userId, meant);
    return { ok: true };
  });

  route(revokeOthers, async ({ userId, session }) => {
    const others = people.sessionsOf(userId).filter(({ sid }) => sid !== session.sid);
    await endSessions(context, userId, others);
    return { ok: true, revoked: others.length };
  });

  route(logout, async ({ userId, session }) => {
    await endSessions(context, userId, [session]);
    return { ok: true };
  });

  route(getPushKey, () => {
    throw new ApiError('push_off');
  });

  return app;
};
