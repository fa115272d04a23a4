import {
  checkQr,
  confirmQr,
  denyQr,
  POLL_INTERVAL_SECONDS,
  QR_COLLECT_SECONDS,
  QR_TTL_SECONDS,
  qrInfo,
  requestQr,
} from '../../src/contract/http/qr.ts';
import type { Device } from '../../src/contract/http/sessions.ts';
import { ApiError } from '../../src/platform/errors.ts';
import { drawRandomText } from '../../src/platform/random.ts';
import { drawQrCode, formatQrUrl, parsePollToken } from '../../src/qr/code.ts';
import type { TestContext } from './context.ts';
import { createTestRouter } from './context.ts';

/** A request to be signed in, from its code until its end. */
interface QrRequest {
  readonly pollToken: string;
  readonly room: string;
  readonly device: Device;
  readonly createdAt: number;
  readonly until: number;
  state: 'pending' | 'confirmed' | 'denied';
  /** Who has confirmed it. */
  userId?: string;
  /** What was collected, and until when it can be collected again. */
  collected?: { readonly token: string; readonly until: number };
}

/** Makes the id of a room, which has its end in it. */
const createRoomId = (until: number): string =>
  `${Math.ceil(until / 1_000).toString(36)}-${drawRandomText(9)}-${drawRandomText(32)}`;

/** The routes of a sign-in by QR code. */
export const qrRoutes = (context: TestContext) => {
  const { clock, people, rooms } = context;
  const { app, route } = createTestRouter(context);
  const requests = new Map<string, QrRequest>();

  const findOpen = (code: string): QrRequest => {
    const request = requests.get(code);
    const isOver = !request || request.state === 'denied' || request.collected;
    if (isOver || clock.now() >= request.until) throw new ApiError('qr_code_unknown');
    return request;
  };

  const collect = (request: QrRequest) => {
    const now = clock.now();
    const { collected, until, userId = '' } = request;
    if (collected)
      return now < collected.until
        ? ({ status: 'ready', token: collected.token } as const)
        : ({ status: 'expired' } as const);
    const user = people.users.get(userId);
    if (!user || now >= until + QR_COLLECT_SECONDS * 1_000) return { status: 'expired' } as const;
    const { token } = people.signIn(user, 'qr', request.device);
    request.collected = { token, until: now + QR_COLLECT_SECONDS * 1_000 };
    return { status: 'ready', token } as const;
  };

  route(requestQr, ({ ctx }) => {
    const code = drawQrCode();
    const createdAt = clock.now();
    const until = createdAt + QR_TTL_SECONDS * 1_000;
    const room = createRoomId(until + QR_COLLECT_SECONDS * 1_000);
    const pollToken = `${code}.${drawRandomText(32)}`;
    const { device } = ctx.client;
    requests.set(code, { pollToken, room, device, createdAt, until, state: 'pending' });
    return {
      code,
      ttlSeconds: QR_TTL_SECONDS,
      pollToken,
      intervalSeconds: POLL_INTERVAL_SECONDS,
      url: formatQrUrl(undefined, code),
      room,
    };
  });

  route(checkQr, ({ c, query }) => {
    const pollToken = c.req.header('X-Poll-Token');
    const code = pollToken === undefined ? query.code : parsePollToken(pollToken)?.code;
    if (pollToken === undefined && !code) throw new ApiError('qr_code_missing');
    const request = requests.get(code ?? '');
    // The client of this package polls with the token; the bare code is of no use here.
    if (!request || request.pollToken !== pollToken) return { status: 'expired' };
    if (request.state === 'denied') return { status: 'denied' };
    if (request.state === 'confirmed') return collect(request);
    return { status: clock.now() < request.until ? 'pending' : 'expired' };
  });

  route(qrInfo, ({ query }) => {
    const { device, createdAt, until, state } = findOpen(query.code);
    if (state === 'confirmed') throw new ApiError('qr_code_confirmed');
    const now = clock.now();
    return {
      ok: true,
      ...device,
      ageSeconds: Math.floor((now - createdAt) / 1_000),
      expiresInSeconds: Math.ceil((until - now) / 1_000),
    };
  });

  route(confirmQr, async ({ body, userId }) => {
    const request = findOpen(body.code);
    if (request.state === 'confirmed') throw new ApiError('qr_code_confirmed');
    request.state = 'confirmed';
    request.userId = userId;
    await rooms.tellQr(request.room, { type: 'confirmed' });
    return { ok: true };
  });

  route(denyQr, async ({ body }) => {
    const request = findOpen(body.code);
    request.state = 'denied';
    await rooms.tellQr(request.room, { type: 'denied' });
    return { ok: true };
  });

  return app;
};
