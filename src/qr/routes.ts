import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { renderSVG } from 'uqr';
import {
  checkQr,
  confirmQr,
  denyQr,
  normaliseQrCode,
  openQrRoom,
  POLL_INTERVAL_SECONDS,
  QR_TTL_SECONDS,
  qrImage,
  qrInfo,
  requestQr,
} from '../contract/http/qr.ts';
import { ApiError } from '../platform/errors.ts';
import type { AppEnv } from '../platform/http/context.ts';
import { answerError, unavailable } from '../platform/http/errors.ts';
import { createRouter, validate } from '../platform/http/router.ts';
import { requireUpgrade } from '../platform/http/upgrade.ts';
import { reasonOf } from '../platform/log.ts';
import type { Services } from '../session/services.ts';
import { jwtSecretsOf } from '../session/token.ts';
import { formatQrUrl, parsePollToken } from './code.ts';
import { verifyQrRoomId } from './room-id.ts';
import type { QrProof } from './sign-in.ts';
import { beginQr, decideQr, pollQr } from './sign-in.ts';

/** Reads what a poll shows. A bad poll token, or one of another code, proves nothing. */
const readProof = (c: Context<AppEnv>): QrProof => {
  const given = normaliseQrCode(c.req.query('code') ?? '');
  const token = c.req.header('X-Poll-Token');
  if (!token) return { code: given };
  const proof = parsePollToken(token);
  return proof && (given === '' || given === proof.code) ? proof : { code: '' };
};

/** Refuses a poll without a code; legacy clients look for `status` in the answer [A27]. */
const requireProof = createMiddleware<AppEnv>(async function requireProof(c, next) {
  if (!c.req.header('X-Poll-Token') && readProof(c).code === '') {
    return answerError(c, new ApiError('qr_code_missing'), { status: 'invalid' });
  }
  return next();
});

/** The routes of signing in by QR code, one EVAL each, and the rooms that tell of it [A33]. */
export const qrRoutes = (services: Services) => {
  const { settings, rooms, now } = services;
  const { app, route, routeSelfChecking } = createRouter(services);

  route(requestQr, async ({ ctx }) => {
    const begun = await beginQr(ctx, services);
    return {
      ...begun,
      ttlSeconds: QR_TTL_SECONDS,
      intervalSeconds: POLL_INTERVAL_SECONDS,
      url: formatQrUrl(settings.APP_URL, begun.code),
    };
  });

  route(checkQr, requireProof, ({ c, ctx }) => pollQr(ctx, services, readProof(c)));

  routeSelfChecking(qrInfo, async ({ ctx, session, query }) => {
    const decision = { step: 'info', code: query.code, session } as const;
    const { device, leftMs } = await decideQr(ctx, services, decision);
    const expiresInSeconds = Math.ceil(leftMs / 1000);
    return { ok: true, ...device, ageSeconds: QR_TTL_SECONDS - expiresInSeconds, expiresInSeconds };
  });

  routeSelfChecking(confirmQr, async ({ ctx, session, body }) => {
    await decideQr(ctx, services, { step: 'confirm', code: body.code, session });
    return { ok: true };
  });

  routeSelfChecking(denyQr, async ({ ctx, session, body }) => {
    await decideQr(ctx, services, { step: 'deny', code: body.code, session });
    return { ok: true };
  });

  // The router answers JSON alone, so this route is served without it.
  app.get(qrImage.path, (c) => {
    const { code } = validate(qrImage.query, c.req.query());
    c.header('Content-Type', 'image/svg+xml');
    c.header('Content-Security-Policy', "default-src 'none'");
    c.header('Cache-Control', `private, max-age=${QR_TTL_SECONDS}`);
    // A quiet zone of 4 modules is around the code (ISO/IEC 18004).
    return c.body(renderSVG(formatQrUrl(settings.APP_URL, code), { border: 4 }));
  });

  app.get(openQrRoom.path, async (c) => {
    requireUpgrade(c);
    const id = c.req.param('room');
    if (!(await verifyQrRoomId(jwtSecretsOf(settings), id, now())))
      throw new ApiError('room_not_found');
    return rooms.connect({ party: 'qr', id }).catch((error) => {
      c.get('log').error('room.unavailable', { reason: reasonOf(error) });
      throw unavailable();
    });
  });

  return app;
};
