import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDevice } from '../../support/calls/device.ts';
import type { User } from '../../support/calls/people.ts';
import { newUser } from '../../support/calls/people.ts';
import { runningApi } from '../../support/client.ts';
import { stack } from '../../support/stack.ts';
import { legacyToken } from '../../support/tokens.ts';
import { TabLocks } from './tab-locks.ts';
import { startNetwork } from './tab-network.ts';
import { Tab } from './tab-process.ts';

/** How many schedules are played. */
const SCHEDULES = Number(process.env.TAB_SCHEDULES ?? 20);
/** Chooses the schedules: the same ones for the same number. */
const seed = Number(process.env.TAB_SEED ?? 1);
const TABS = 5;

let network: Awaited<ReturnType<typeof startNetwork>>;
const storage = new Map<string, string>();
const locks = new TabLocks();
const failures: string[] = [];
const tabs: Tab[] = [];
/** Who is signed in in this browser, if anybody. */
let session: { readonly user: User; readonly token: string } | undefined;

const onFailure = (reason: string) => void failures.push(reason);
const openTab = () => new Tab({ url: network.url, storage, locks, onFailure });
const awake = () => tabs.filter(({ isFrozen }) => !isFrozen);
const tabAt = (index: number) => {
  const tab = tabs[index];
  if (!tab) throw new Error('There is no such tab');
  return tab;
};

beforeAll(async () => {
  network = await startNetwork(stack.apiUrl);
  for (let index = 0; index < TABS; index++) tabs.push(openTab());
});
afterAll(async () => {
  for (const tab of tabs) await tab.crash();
  network.close();
});

/** What all tabs that are awake have to show. */
const truth = () => {
  const [who, link] = session
    ? [session.user.id, network.isCut ? 'cut' : 'online']
    : ['signed_out', 'off'];
  const isConnected = session && !network.isCut && awake().length > 0;
  return {
    failures: [],
    sockets: isConnected ? 1 : 0,
    tabs: awake().map(() => ({ who, link })),
  };
};

/** Who is signed in, as a tab shows it. */
const whoIn = ({ shown }: Tab) => {
  const who = shown?.session;
  return who?.state === 'signed_in' ? who.userId : who?.state;
};

/** What they show. */
const look = () => ({
  failures,
  sockets: network.inboxes,
  tabs: awake().map((tab) => {
    const state = tab.shown?.link.state ?? 'nothing';
    const link = state === 'retrying' || state === 'connecting' ? 'cut' : state;
    return { who: whoIn(tab), link };
  }),
});

const settle = () => expect.poll(look, { interval: 10 }).toEqual(truth());

const signIn = async (index: number) => {
  const user = await newUser();
  const token = await legacyToken(user.id);
  await tabAt(index).order({ do: 'signIn', token });
  session = { user, token };
};

/** What may happen to a tab that is awake. */
const ACTIONS = {
  signIn,
  signOut: async (index: number) => {
    // A person signs out of what they see: a tab that has not heard yet ends the session before.
    const who = session?.user.id;
    if (who !== undefined) await expect.poll(() => whoIn(tabAt(index))).toBe(who);
    await tabAt(index).order({ do: 'signOut' });
    session = undefined;
  },
  /** The session is ended from elsewhere, which is heard only while there is a network. */
  revoke: async () => {
    if (session && !network.isCut) {
      await runningApi().send('POST', '/api/auth/logout', { token: session.token });
      session = undefined;
      await settle();
    }
  },
  freeze: (index: number) => tabAt(index).freeze(true),
  close: async (index: number) => {
    await tabAt(index).close();
    tabs[index] = openTab();
  },
  crash: async (index: number) => {
    await tabAt(index).crash();
    tabs[index] = openTab();
  },
  cut: async () => network.cut(),
} satisfies Record<string, (index: number) => Promise<unknown>>;

/** What ends a state that lasts. */
const recover = async (action: 'thaw' | 'heal', index: number) => {
  if (action === 'thaw') tabAt(index).thaw();
  else if (network.isCut) {
    network.heal();
    for (const tab of awake()) await tab.order({ do: 'wake' });
  }
};

const beginAnew = async () => {
  for (const [index] of tabs.entries()) await recover('thaw', index);
  await recover('heal', 0);
  if (session) await ACTIONS.signOut(0);
  await settle();
};

const actions = fc.array(
  fc.record({
    action: fc.constantFrom(
      'signIn' as const,
      ...(Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]),
      'thaw' as const,
      'thaw' as const,
      'heal' as const,
      'heal' as const,
    ),
    index: fc.nat(TABS - 1),
    /** Whether the tabs come to rest before the next one. */
    isAwaited: fc.boolean(),
  }),
  { minLength: 3, maxLength: 9 },
);

describe('the tabs of a browser', () => {
  test('They have one truth and one socket, whatever happens to them', async () => {
    const property = fc.asyncProperty(actions, async (schedule) => {
      await beginAnew();
      await signIn(0);
      for (const { action, index, isAwaited } of schedule) {
        if (action === 'thaw' || action === 'heal') await recover(action, index);
        else if (!tabAt(index).isFrozen) await ACTIONS[action](index);
        if (isAwaited) await settle();
      }
      await settle();
    });
    await fc.assert(property, { numRuns: SCHEDULES, seed, endOnFailure: true });
  }, 1_800_000);

  test('A tab whose leader was stopped without a word takes over when it is looked at', async () => {
    await beginAnew();
    await signIn(0);
    await settle();
    const [stopped, ...others] = tabs;
    for (const tab of others) await tab.crash();
    tabs.length = 1;
    await settle();
    for (let index = 1; index < TABS; index++) tabs.push(openTab());
    await settle();
    await stopped?.freeze(false);
    await tabAt(1).order({ do: 'wake' });
    const { callId } = await (await newDevice()).call(session?.user as User);
    await expect
      .poll(() => awake().map(({ shown }) => shown?.rings), { timeout: 20_000 })
      .toEqual(awake().map(() => [callId]));
    stopped?.thaw();
    await expect.poll(() => stopped?.shown?.rings).toEqual([callId]);
    await stopped?.order({ do: 'decline', call: callId });
    await expect.poll(() => tabs.map(({ shown }) => shown?.rings)).toEqual(tabs.map(() => []));
    await settle();
  });
});
