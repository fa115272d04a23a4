import { Hono } from 'hono';
import { getProfile, updateProfile } from '../contract/profile.ts';
import { ApiError } from '../errors.ts';
import { answer } from '../http/answer.ts';
import { accept } from '../http/body.ts';
import type { UserEnv } from '../http/context.ts';
import type { Services } from '../services.ts';
import { requireUser } from '../session/require-user.ts';
import { parseUsername, trimDisplayName } from './names.ts';
import { changeProfile, findProfile } from './store.ts';

/** The profile of whoever is signed in. */
export const profileRoutes = (services: Services) => {
  const { db } = services;
  const user = requireUser(services);

  return new Hono<UserEnv>()
    .get(getProfile.path, user, async (c) => {
      const profile = await findProfile(db, c.get('userId'));
      if (!profile) throw new ApiError('user_not_found');
      const { userId, phone, username, displayName } = profile;
      return answer(c, getProfile, { userId, phone, username: username ?? '', displayName: displayName ?? '' });
    })
    .patch(updateProfile.path, user, accept(updateProfile), async (c) => {
      const given = c.req.valid('json');
      const parsed = parseUsername(given.username ?? '');
      if (!parsed.ok) throw new ApiError(parsed.reason);
      const displayName = given.displayName === undefined ? undefined : trimDisplayName(given.displayName) || null;
      const changed = await changeProfile(db, c.get('userId'), { username: parsed.username, displayName });
      if (changed === 'taken') throw new ApiError('username_taken');
      if (!changed) throw new ApiError('user_not_found');
      return answer(c, updateProfile, { username: changed.username ?? '', displayName: changed.displayName ?? '' });
    });
};
