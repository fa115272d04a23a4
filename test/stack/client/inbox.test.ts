import { afterEach, describe, expect, test } from 'vitest';
import type { Inbox, InboxEvents, InboxOptions } from '../../../client/src/inbox.ts';
import { openInbox } from '../../../client/src/inbox.ts';
import type { Client } from '../../../client/src/index.ts';
import type { ClientOptions } from '../../../client/src/options.ts';
import { memoryStorage } from '../../../client/src/options.ts';
import type { Device } from '../../support/calls/device.ts';
import { deviceOf, newDevice } from '../../support/calls/device.ts';
import type { User } from '../../support/calls/people.ts';
import { newUser } from '../../support/calls/people.ts';
import { legacyToken } from '../../support/tokens.ts';
import { closeTabs, openTab } from './tabs.ts';

const inboxes: Inbox[] = [];
afterEach(() => {
  for (const inbox of inboxes.splice(0)) inbox.dispose();
  closeTabs();
});

/** Opens an inbox, as in a page, and keeps what it tells. */
const listen = (client: Client, options: InboxOptions = { locks: navigator.locks }) => {
  const inbox = openInbox(client, options);
  inboxes.push(inbox);
  const told: [name: string, event: object][] = [];
  const names = ['stopped', 'missed', 'message', 'change', 'typing', 'welcome'] as const;
  for (const name of names)
    inbox.on(name, (event: InboxEvents[typeof name]) => void told.push([name, event]));
  return { client, inbox, told };
};

/** Sockets that can be cut, after which no other one opens. */
const cuttable = () => {
  const opened = new Set<WebSocket>();
  let isCut = false;
  class Cuttable extends WebSocket {
    constructor(url: string | URL) {
      super(isCut ? 'ws://127.0.0.1:1' : url);
      opened.add(this);
    }
  }
  const cut = () => {
    isCut = true;
    for (const socket of opened) socket.close(4_999);
  };
  return { WebSocket: Cuttable, cut };
};

const isOnline = (inbox: Inbox) => expect.poll(() => inbox.link.get()).toEqual({ state: 'online' });

/** Tabs of one browser, in which somebody is signed in. */
const openTabs = async (
  count: number,
  { user, options = {} }: { user?: User; options?: Partial<ClientOptions> } = {},
) => {
  const me = user ?? (await newUser());
  const storage = memoryStorage();
  const token = await legacyToken(me.id, { issuedAt: Math.floor(Date.now() / 1_000) - 5 });
  const tabs = Array.from({ length: count }, () => listen(openTab(storage, options)));
  await tabs[0]?.client.signIn(token);
  for (const { inbox } of tabs) await isOnline(inbox);
  return { me, tabs, storage, token };
};

const ringOf = async ({ inbox }: { inbox: Inbox }, call: string) => {
  await expect.poll(() => inbox.rings.get().map((ring) => ring.call)).toContain(call);
  const ring = inbox.rings.get().find((one) => one.call === call);
  if (!ring) throw new Error('It does not ring');
  return ring;
};

const callFrom = async (caller: Device, to: User) => (await caller.call(to)).callId;

describe('an inbox', () => {
  test('It rings in every tab with who calls and until when, and stops in every tab', async () => {
    const { me, tabs } = await openTabs(3);
    const caller = await newDevice();
    const before = Date.now();
    const { callId, line } = await caller.dial(me, { video: true });
    for (const tab of tabs) {
      const ring = await ringOf(tab, callId);
      expect(ring).toMatchObject({
        call: callId,
        from: { user: caller.user.id, username: caller.user.username },
        video: true,
        group: false,
      });
      expect(ring.until).toBeGreaterThan(before + 30_000);
      expect(ring.until).toBeLessThanOrEqual(Date.now() + 45_000);
    }
    line.say({ type: 'hangup' });
    for (const { inbox, told } of tabs) {
      await expect.poll(() => inbox.rings.get()).toEqual([]);
      expect(told.map(([name]) => name)).toEqual(['welcome', 'stopped', 'missed']);
      expect(told[1]?.[1]).toMatchObject({ reason: 'cancelled', ring: { call: callId } });
    }
  });

  test('A tab that is opened later knows what rings, and who has the connection', async () => {
    const { me, tabs, storage } = await openTabs(1);
    const [first] = tabs;
    const callId = await callFrom(await newDevice(), me);
    if (first) await ringOf(first, callId);
    const late = listen(openTab(storage));
    expect((await ringOf(late, callId)).until).toBe(first?.inbox.rings.get()[0]?.until);
    await isOnline(late.inbox);
  });

  test('A tab that has no connection refuses a call, and the caller hears it', async () => {
    const { me, tabs } = await openTabs(3);
    const caller = await newDevice();
    const { callId, line } = await caller.dial(me);
    for (const tab of tabs) await ringOf(tab, callId);
    await tabs[2]?.inbox.decline(callId);
    await line.next({ type: 'state', state: 'ended', reason: 'declined' });
    for (const { inbox, told } of tabs) {
      await expect.poll(() => inbox.rings.get()).toEqual([]);
      expect(told.filter(([name]) => name === 'stopped')).toMatchObject([
        ['stopped', { reason: 'declined' }],
      ]);
      expect(told.some(([name]) => name === 'missed')).toBe(false);
    }
  });

  test('A call that a tab takes rings in no other tab, and is not missed', async () => {
    const { me, tabs } = await openTabs(2);
    const callId = await callFrom(await newDevice(), me);
    for (const tab of tabs) await ringOf(tab, callId);
    tabs[1]?.inbox.taken(callId);
    for (const { inbox } of tabs) await expect.poll(() => inbox.rings.get()).toEqual([]);
    expect(tabs[0]?.told.slice(1)).toMatchObject([['stopped', { reason: 'answered_elsewhere' }]]);
    expect(tabs[1]?.told.slice(1)).toEqual([]);
  });

  test('Another tab connects when the one with the connection is closed, and still rings', async () => {
    const { me, tabs } = await openTabs(2);
    const callId = await callFrom(await newDevice(), me);
    for (const tab of tabs) await ringOf(tab, callId);
    const [first, second] = tabs;
    first?.inbox.dispose();
    first?.client.dispose();
    await expect.poll(() => second?.told.filter(([name]) => name === 'welcome').length).toBe(2);
    expect(second?.inbox.rings.get()).toMatchObject([{ call: callId }]);
    expect(second?.told.map(([name]) => name)).toEqual(['welcome', 'welcome']);
  });

  test('The call that this user makes on another device is known, and can be given up', async () => {
    const me = await newUser();
    const other = await deviceOf(me);
    const { tabs } = await openTabs(2, { user: me });
    const dialled = await other.dial(await newUser());
    for (const { inbox } of tabs)
      await expect
        .poll(() => inbox.inCall.get())
        .toMatchObject({ call: dialled.callId, role: 'caller', state: 'ringing', here: false });
    await tabs[1]?.inbox.hangUp(dialled.callId);
    await dialled.line.next({ type: 'state', state: 'ended' });
    for (const { inbox } of tabs) await expect.poll(() => inbox.inCall.get()).toBeUndefined();
  });

  test('An action without a connection ends with an error after ten seconds', async () => {
    const { WebSocket, cut } = cuttable();
    const { me, tabs } = await openTabs(1, { options: { WebSocket } });
    const callId = await callFrom(await newDevice(), me);
    const [tab] = tabs;
    if (tab) await ringOf(tab, callId);
    cut();
    await expect.poll(() => tab?.inbox.link.get().state).toBe('retrying');
    await expect(tab?.inbox.decline(callId)).rejects.toMatchObject({
      code: 'no_answer',
      status: 0,
    });
    expect(tab?.inbox.rings.get()).toEqual([]);
  });

  test('Whoever signs out hears nothing more, and the next one has their own inbox', async () => {
    const { me, tabs } = await openTabs(2);
    const callId = await callFrom(await newDevice(), me);
    for (const tab of tabs) await ringOf(tab, callId);
    await tabs[1]?.client.signOut();
    for (const { inbox } of tabs) {
      await expect.poll(() => inbox.link.get()).toEqual({ state: 'off', why: 'signed_out' });
      expect(inbox.rings.get()).toEqual([]);
    }
    await expect(tabs[0]?.inbox.decline(callId)).rejects.toMatchObject({ code: 'no_answer' });
    const next = await newUser();
    await tabs[0]?.client.signIn(await legacyToken(next.id));
    const second = await callFrom(await newDevice(), next);
    for (const tab of tabs) await ringOf(tab, second);
  });

  test('A hello with a number of the feed is told the newest one', async () => {
    const { tabs } = await openTabs(1);
    tabs[0]?.inbox.dispose();
    const again = listen(tabs[0]?.client as Client);
    again.inbox.readUpTo(3);
    await isOnline(again.inbox);
    expect(again.told).toEqual([['welcome', { n: 0 }]]);
  });
});
