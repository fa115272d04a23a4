import { getProfile, updateProfile } from '../contract/http/profile.ts';
import { ApiError } from '../platform/errors.ts';
import { createRouter } from '../platform/http/router.ts';
import type { Services } from '../session/services.ts';
import { parseUsername, toShownName, trimDisplayName } from './names.ts';
import { changeProfile, findProfile } from './store.ts';

/** The routes of the profile of whoever is signed in. */
export const profileRoutes = (services: Services) => {
  const { db } = services;
  const { app, route } = createRouter(services);

  route(getProfile, async ({ userId }) => {
    const profile = await findProfile(db, userId);
    if (!profile) throw new ApiError('user_not_found');
    const { phone, username, displayName } = profile;
    return { userId, phone, username: username ?? '', displayName: toShownName(displayName ?? '') };
  });

  route(updateProfile, async ({ userId, body }) => {
    const parsed = parseUsername(body.username ?? '');
    if (!parsed.ok) throw new ApiError(parsed.reason);
    const given = body.displayName;
    const displayName =
      given === undefined ? undefined : trimDisplayName(toShownName(given)) || null;
    const changed = await changeProfile(db, userId, { username: parsed.username, displayName });
    if (changed === 'taken') throw new ApiError('username_taken');
    if (!changed) throw new ApiError('user_not_found');
    return { username: changed.username ?? '', displayName: changed.displayName ?? '' };
  });

  return app;
};
