import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { issueTicket, verifyTicket } from '../../../src/rooms/ticket.ts';
import type { Session } from '../../../src/session/token.ts';
import { kidOf, signToken, verifyToken } from '../../../src/session/token.ts';

const SECRETS = ['the-secret-of-today', 'the-one-of-yesterday'] as const;
const NOW = 1_800_000_000_000;
const room = { party: 'call', id: 'c1' } as const;
const session: Session = {
  userId: 'anna',
  sid: 's'.repeat(22),
  legacy: false,
  issuedAt: NOW - 5_000,
};

const issued = async (secrets: readonly [string, ...string[]] = SECRETS) =>
  (await issueTicket(secrets, { room, session, role: 'caller', now: NOW })).ticket;

describe('tickets', () => {
  test('[C18] a ticket admits one device to one room, in one role, for a minute', async () => {
    const { ticket, expiresAt } = await issueTicket(SECRETS, {
      room,
      session,
      role: 'caller',
      now: NOW,
    });
    expect(expiresAt).toBe(new Date(NOW + 60_000).toISOString());
    const verified = await verifyTicket(SECRETS, { room, ticket }, NOW + 59_000);
    expect(verified).toEqual({
      id: expect.stringMatching(/^[\w-]{16}$/),
      session,
      role: 'caller',
      until: NOW + 60_000,
    });
    expect(await verifyTicket(SECRETS, { room, ticket }, NOW + 60_000)).toBeUndefined();
  });

  test('[C51] a ticket is for moving a call when it was issued for that', async () => {
    for (const takeOver of [true, undefined]) {
      const about = { room, session, role: 'callee', takeOver, now: NOW } as const;
      const { ticket } = await issueTicket(SECRETS, about);
      const verified = await verifyTicket(SECRETS, { room, ticket }, NOW);
      expect(verified).toMatchObject({ takeOver });
    }
  });

  test('[C18] each ticket has an id of its own', async () => {
    const ids = await Promise.all(
      [issued(), issued()].map(async (ticket) =>
        verifyTicket(SECRETS, { room, ticket: await ticket }, NOW),
      ),
    );
    expect(
      new Set(ids.map((verified) => (typeof verified === 'object' ? verified.id : verified))).size,
    ).toBe(2);
  });

  test('[C18] a ticket in another room is known to be good elsewhere', async () => {
    expect(
      await verifyTicket(
        SECRETS,
        { room: { party: 'call', id: 'c2' }, ticket: await issued() },
        NOW,
      ),
    ).toBe('elsewhere');
    expect(
      await verifyTicket(
        SECRETS,
        { room: { party: 'inbox', id: 'c1' }, ticket: await issued() },
        NOW,
      ),
    ).toBe('elsewhere');
  });

  test('[A36] a ticket outlives a change of secrets, and no other one', async () => {
    const ticket = await issued([SECRETS[1]]);
    expect(await verifyTicket(SECRETS, { room, ticket }, NOW)).toMatchObject({ role: 'caller' });
    expect(await verifyTicket([SECRETS[0]], { room, ticket }, NOW)).toBeUndefined();
  });

  test('[A34, C18] a ticket is no token, and no token is a ticket', async () => {
    expect(await verifyToken(SECRETS, await issued(), NOW)).toBeUndefined();
    const token = await signToken(SECRETS, session, NOW);
    expect(await verifyTicket(SECRETS, { room, ticket: token }, NOW)).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['rubbish', 'a.b.c'],
    [
      'a JWT without a signature',
      `${btoa('{"alg":"none","typ":"ticket+jwt"}')}.${btoa('{"aud":"call/c1"}')}.`,
    ],
  ])('[C18] a ticket is not %s', async (_, ticket) => {
    expect(await verifyTicket(SECRETS, { room, ticket }, NOW)).toBeUndefined();
  });

  test.each(['exp', 'jti', 'aud'])('[C18] a ticket is none without %s', async (claim) => {
    const claims = {
      ...session,
      exp: NOW / 1000 + 60,
      jti: 'j',
      aud: 'call/c1',
      [claim]: undefined,
    };
    const header = { alg: 'HS256', typ: 'ticket+jwt', kid: await kidOf(SECRETS[0]) };
    const ticket = await new SignJWT(claims)
      .setProtectedHeader(header)
      .sign(new TextEncoder().encode(SECRETS[0]));
    expect(await verifyTicket(SECRETS, { room, ticket }, NOW)).toBeUndefined();
  });
});
