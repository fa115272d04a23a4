import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { CallServerFrame } from '../../src/contract/sockets/call.ts';
import { InboxServerFrame } from '../../src/contract/sockets/inbox.ts';
import type { Device, Ticket } from '../support/calls/device.ts';
import { deviceOf } from '../support/calls/device.ts';
import { dropAll, openLine } from '../support/calls/listener.ts';
import type { Ringing } from '../support/calls/scenes.ts';
import { aCallWorks, newDevices, ringing, talking, two } from '../support/calls/scenes.ts';
import { repeated } from '../support/races.ts';
import { stack } from '../support/stack.ts';

/** The head of a ticket that nobody has signed. */
const UNSIGNED = Buffer.from('{"alg":"none","typ":"ticket+jwt"}').toString('base64url');

afterAll(dropAll);

const UNAUTHORIZED = { code: 4001, reason: 'Unauthorized' };
const NOT_IN_CALL = { code: 4003, reason: 'Not in this call' };

/** Signs a ticket with other claims, with the right secret or another one. */
const forge = async (
  { url, ticket }: Ticket,
  claims: Record<string, unknown>,
  { header = {}, secret = String(stack.settings.JWT_SECRET) } = {},
): Promise<Ticket> => {
  const payload = { ...decodeJwt(ticket), jti: crypto.randomUUID(), ...claims };
  const { kid } = decodeProtectedHeader(ticket);
  const forged = new SignJWT(payload).setProtectedHeader({
    alg: 'HS256',
    typ: 'ticket+jwt',
    kid: String(kid),
    ...header,
  });
  return { url, ticket: await forged.sign(new TextEncoder().encode(secret)) };
};

const AnyFrame = z.union([CallServerFrame, InboxServerFrame]);

/** Enters a room with a ticket, expects these frames alone, and returns the close. */
const refusal = async (device: Device, ticket: Ticket, frames: readonly object[] = []) => {
  const line = await device.enter(ticket, AnyFrame);
  line.say({ type: 'hello', version: 1 });
  const closed = await line.closed;
  expect(line.frames).toEqual(frames);
  return closed;
};

describe('a ticket', () => {
  /** The call that all of them try to enter. */
  let scene: Ringing;
  beforeAll(async () => {
    scene = await ringing();
  });

  test('[C18] a ticket to another call does not admit to this one, nor to an inbox', async () => {
    const [one, other] = [await ringing(), await ringing()];
    const ticket = await one.b.callTicket(one.call.callId);
    const inbox = await one.b.inboxTicket();
    for (const url of [other.call.url, inbox.url]) {
      expect(await refusal(one.b, { ...ticket, url })).toEqual(NOT_IN_CALL);
    }
    expect(await refusal(one.b, { ...inbox, url: one.call.url })).toEqual(NOT_IN_CALL);
    // The wrong room did not use the ticket up.
    await one.b.join(ticket);
    await other.b.accept(other.call.callId);
    await other.caller.next({ type: 'peer', peer: { state: 'joined' } });
    expect(other.caller.frames).toHaveLength(3);
  });

  test('[C18] a ticket with another user or another role than the call has admits nobody', async () => {
    const { b, call, caller } = await ringing();
    const [stranger] = await newDevices(1);
    if (!stranger) throw new Error('There is no stranger');
    const ticket = await b.callTicket(call.callId);
    const sid = crypto.randomUUID().replaceAll('-', '').slice(0, 22);
    // The forger has the secret of tickets, but no session that lives.
    const mine = decodeJwt((await stranger.inboxTicket()).ticket);
    const session = { userId: mine['userId'], sid: mine['sid'], issuedAt: mine['issuedAt'] };
    expect(await refusal(stranger, await forge(ticket, session))).toEqual(NOT_IN_CALL);
    expect(await refusal(b, await forge(ticket, { role: 'caller' }))).toEqual(NOT_IN_CALL);
    expect(await refusal(b, await forge(ticket, { role: undefined }))).toEqual(NOT_IN_CALL);
    expect(await refusal(b, await forge(ticket, { sid, legacy: false }))).toEqual(UNAUTHORIZED);
    expect(caller.frames.map(({ type }) => type)).toEqual(['welcome']);
  });

  test('[C18] a ticket of another device does not get at the call that the first one has', async () => {
    const { b, call, caller, callee } = await talking();
    const other = await deviceOf(b.user);
    const mine = decodeJwt((await other.inboxTicket()).ticket);
    const ticket = await forge(await b.callTicket(call.callId), {
      sid: mine['sid'],
      issuedAt: mine['issuedAt'],
    });
    expect(await refusal(other, ticket, [{ type: 'answered_elsewhere' }])).toEqual(NOT_IN_CALL);
    callee.say({ type: 'signal', seq: 1, signal: { kind: 'offer', sdp: 'v=0' } });
    await caller.next({ type: 'signal', seq: 1 });
  });

  test.each<[string, (ticket: Ticket) => Promise<Ticket>]>([
    ['has expired', (ticket) => forge(ticket, { exp: Math.floor(Date.now() / 1000) - 1 })],
    ['never expires', (ticket) => forge(ticket, { exp: undefined })],
    ['has no id', (ticket) => forge(ticket, { jti: undefined })],
    ['is for nothing', (ticket) => forge(ticket, { aud: undefined })],
    [
      'was signed by somebody else',
      (ticket) => forge(ticket, {}, { secret: 'another-secret-0123456789012345' }),
    ],
    ['names no secret', (ticket) => forge(ticket, {}, { header: { kid: 'nonsense' } })],
    ['says that it is a token', (ticket) => forge(ticket, {}, { header: { typ: 'JWT' } })],
    [
      'is signed by nobody',
      async ({ url, ticket }) => {
        const [, payload] = ticket.split('.');
        return { url, ticket: `${UNSIGNED}.${payload}.` };
      },
    ],
    ['is cut short', async ({ url, ticket }) => ({ url, ticket: ticket.slice(0, -2) })],
    ['is not there', async ({ url }) => ({ url, ticket: '' })],
  ])('[C18] a ticket that %s admits nobody', async (_, change) => {
    const { b, call } = scene;
    for (const ticket of [await b.callTicket(call.callId), await b.inboxTicket()]) {
      expect(await refusal(b, await change(ticket))).toEqual(UNAUTHORIZED);
    }
  });

  test('[C18] a ticket that is as it should be admits, after all of those', async () => {
    const { b, call } = scene;
    await b.accept(call.callId);
  });

  test('[C18] a ticket admits once, to a call and to an inbox', async () => {
    const { a, b, call, caller, inbox } = await ringing();
    const ticket = await b.callTicket(call.callId);
    const line = await b.join(ticket);
    expect(await refusal(b, ticket)).toEqual(UNAUTHORIZED);
    expect(await refusal(a, call)).toEqual(UNAUTHORIZED);
    const entrance = await b.inboxTicket();
    const both = await Promise.all(repeated(2, () => b.enter(entrance, InboxServerFrame)));
    for (const each of both) each.say({ type: 'hello', version: 1 });
    expect(await Promise.race(both.map(({ closed }) => closed))).toEqual(UNAUTHORIZED);
    expect(await inbox.closed).toMatchObject({ code: 4008 });
    line.say({ type: 'accept' });
    await caller.next({ type: 'peer', peer: { state: 'joined' } });
  });

  test('[C18] a ticket is no token, and a token is no ticket', async () => {
    const { b, call } = await ringing();
    const inbox = await b.inboxTicket();
    for (const { url } of [inbox, await b.callTicket(call.callId)]) {
      expect(await refusal(b, { url, ticket: b.token })).toEqual(UNAUTHORIZED);
    }
    const { ticket } = await b.callTicket(call.callId);
    const asToken = await fetch(`${stack.apiUrl}/api/calls`, {
      headers: { Authorization: `Bearer ${ticket}` },
    });
    expect([asToken.status, await asToken.json()]).toMatchObject([401, { error: 'Invalid token' }]);
    const legacy = await openLine(`${stack.apiUrl}/ws?token=${ticket}`, InboxServerFrame);
    expect(await legacy.closed).toEqual(UNAUTHORIZED);
  });
});

describe('the id of a connection that a client asks for', () => {
  test('[C18] the id of a connection that a client asks for is not taken', async () => {
    const { a, b, call, caller } = await ringing();
    const [other] = await newDevices(1);
    if (!other) throw new Error('Nobody attacks');
    const enter = async (device: Device, ticket: Ticket) => {
      const line = await openLine(
        `${stack.apiUrl}${ticket.url}?ticket=${ticket.ticket}&_pk=mine`,
        CallServerFrame,
      );
      line.say({ type: 'hello', version: 1 });
      await line.next({ type: 'welcome', you: device.user.id });
      return line;
    };
    const line = await enter(b, await b.callTicket(call.callId));
    const again = await enter(
      await deviceOf(b.user),
      await (await deviceOf(b.user)).callTicket(call.callId),
    );
    line.say({ type: 'accept' });
    await caller.next({ type: 'peer', peer: { user: b.user.id, state: 'joined' } });
    expect(await again.closed).toEqual(NOT_IN_CALL);
    caller.say({ type: 'signal', seq: 1, signal: { kind: 'offer', sdp: 'v=0' } });
    await line.next({ type: 'signal', from: a.user.id });
  });
});

describe('the id of a room', () => {
  test.each([
    '%2e%2e',
    'a%2Fb',
    'x'.repeat(65),
    '%00',
    '%D0%B0',
    'a b',
    "';--",
    '__proto__',
    'constructor',
    '..%2finbox%2fx',
  ])('[C18] the id of a room that is %s leads nowhere, with or without a ticket', async (id) => {
    const { b } = await two();
    const { ticket } = await b.inboxTicket();
    for (const party of ['call', 'inbox', 'nothing']) {
      const entered = await openLine(
        `${stack.apiUrl}/parties/${party}/${id}?ticket=${ticket}`,
        CallServerFrame,
      ).catch((error: Error) => error);
      const outcome = entered instanceof Error ? entered.message : (await entered.closed).code;
      expect(['The upgrade was answered with 404', 4001, 4003]).toContain(outcome);
    }
  });

  test('[C18] the id of a room of no call there ever was is told so', async () => {
    const { a, b, call } = await ringing();
    const id = crypto.randomUUID();
    const ticket = await forge(call, { aud: `call/${id}` });
    const line = await a.enter({ ...ticket, url: `/parties/call/${id}` }, CallServerFrame);
    expect(await line.closed).toEqual({ code: 4004, reason: 'No such call' });
    await b.accept(call.callId);
    const [c, d] = await newDevices(2);
    if (c && d) await aCallWorks(c, d);
  });
});
