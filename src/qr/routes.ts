import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { renderSVG } from 'uqr';
import {
  checkQr,
  confirmQr,
  denyQr,
  normaliseQrCode,
  POLL_INTERVAL_SECONDS,
  QR_TTL_SECONDS,
  qrImage,
  qrInfo,
  qrRoom,
  requestQr,
} from '../contract/http/qr.ts';
import { ApiError } from '../platform/errors.ts';
import { clientAddress } from '../platform/http/address.ts';
import { background } from '../platform/http/background.ts';
import type { AppEnv } from '../platform/http/context.ts';
import { deviceOf } from '../platform/http/device.ts';
import { answerError, unavailable } from '../platform/http/errors.ts';
import { createRouter, validate } from '../platform/http/router.ts';
import { requireUpgrade } from '../platform/http/upgrade.ts';
import { reasonOf } from '../platform/log.ts';
import type { Services } from '../session/services.ts';
import type { Session } from '../session/token.ts';
import { jwtSecrets } from '../session/token.ts';
import { parsePollToken, qrUrl } from './code.ts';
import { isQrRoom } from './room-id.ts';
import type { Proof } from './sign-in.ts';
import { beginQr, decideQr, pollQr } from './sign-in.ts';

/** What a poll shows. A poll token that is none, or that goes with another code, proves nothing. */
const proofOf = (c: Context<AppEnv>): Proof => {
  const given = normaliseQrCode(c.req.query('code') ?? '');
  const token = c.req.header('X-Poll-Token');
  if (!token) return { code: given };
  const proof = parsePollToken(token);
  return proof && (given === '' || given === proof.code) ? proof : { code: '' };
};

/** Old clients look for `status` here too (contract.md). */
const requireProof = createMiddleware<AppEnv>(async function requireProof(c, next) {
  if (!c.req.header('X-Poll-Token') && proofOf(c).code === '') {
    return answerError(c, new ApiError('qr_code_missing'), { status: 'invalid' });
  }
  return next();
});

/** Signing in by QR code: one EVAL each; and the rooms that tell of it. */
export const qrRoutes = (services: Services) => {
  const { settings, rooms, now } = services;
  const { app, route, routeSelfChecking } = createRouter(services);
  const askingOf = (c: Context<AppEnv>) => ({
    id: c.get('requestId'),
    address: clientAddress(c),
    now: now(),
  });
  const decide = (
    c: Context<AppEnv>,
    step: 'info' | 'confirm' | 'deny',
    session: Session,
    { code }: { code: string },
  ) => decideQr(services, step, { ...askingOf(c), code, session }, background(c));

  route(requestQr, async ({ c }) => {
    const begun = await beginQr(services, askingOf(c), deviceOf(c));
    return {
      ...begun,
      ttlSeconds: QR_TTL_SECONDS,
      intervalSeconds: POLL_INTERVAL_SECONDS,
      url: qrUrl(settings.APP_URL, begun.code),
    };
  });

  route(checkQr, requireProof, ({ c }) =>
    pollQr(services, askingOf(c), proofOf(c), { log: c.get('log'), later: background(c) }),
  );

  routeSelfChecking(qrInfo, async ({ c, session, query }) => {
    const { device, leftMs } = await decide(c, 'info', session, query);
    const expiresInSeconds = Math.ceil(leftMs / 1000);
    return { ok: true, ...device, ageSeconds: QR_TTL_SECONDS - expiresInSeconds, expiresInSeconds };
  });

  routeSelfChecking(confirmQr, async ({ c, session, body }) => {
    await decide(c, 'confirm', session, body);
    return { ok: true };
  });

  routeSelfChecking(denyQr, async ({ c, session, body }) => {
    await decide(c, 'deny', session, body);
    return { ok: true };
  });

  // Not JSON, so not by the router.
  app.get(qrImage.path, (c) => {
    const { code } = validate(qrImage.query, c.req.query());
    c.header('Content-Type', 'image/svg+xml');
    c.header('Content-Security-Policy', "default-src 'none'");
    c.header('Cache-Control', `private, max-age=${QR_TTL_SECONDS}`);
    // 4 modules of quiet zone around it (ISO/IEC 18004).
    return c.body(renderSVG(qrUrl(settings.APP_URL, code), { border: 4 }));
  });

  app.get(qrRoom.path, async (c) => {
    requireUpgrade(c);
    const id = c.req.param('room');
    if (!(await isQrRoom(jwtSecrets(settings), id, now()))) throw new ApiError('room_not_found');
    return rooms.connect({ party: 'qr', id }).catch((error) => {
      c.get('log').error('room.unavailable', { reason: reasonOf(error) });
      throw unavailable();
    });
  });

  return app;
};
