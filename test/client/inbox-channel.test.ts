import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../client/src/client.ts';
import { openInbox } from '../../client/src/inbox.ts';
import { memoryStorage } from '../../client/src/options.ts';

const EXP = Math.ceil(Date.now() / 1_000) + 3_600;
const TOKEN = `.${btoa(JSON.stringify({ userId: 'u', exp: EXP }))}.`;

/** What a leader says that is later than all others, and rings. */
const STATE = {
  type: 'state',
  from: 'other',
  ledAt: Number.MAX_SAFE_INTEGER,
  link: { state: 'online' },
  isKnown: true,
  book: { rings: [{ call: '1', until: Number.MAX_SAFE_INTEGER }], settled: [] },
};

/** An inbox that leads, and the channel that its tabs share. */
const lead = async () => {
  const client = createClient({ url: 'http://127.0.0.1:1', storage: memoryStorage() });
  await client.signIn(TOKEN);
  const inbox = openInbox(client, { locks: navigator.locks });
  const channel = new BroadcastChannel(`aist.inbox.u.${EXP * 1_000}`);
  onTestFinished(() => {
    channel.close();
    inbox.dispose();
    client.dispose();
  });
  const said: unknown[] = [];
  channel.onmessage = ({ data }) => said.push(data);
  await expect.poll(() => inbox.link.get().state).toBe('retrying');
  return { inbox, channel, said };
};

test('What a tab of another version says, and nonsense, changes nothing', async () => {
  const { inbox, channel, said } = await lead();
  const nonsense = [null, 'state', 7, [], {}, { version: 1 }, { version: 1, message: null }];
  const others = [STATE, { ...STATE, link: null }, { version: 99, message: STATE }];
  for (const data of [...nonsense, ...others]) channel.postMessage(data);
  // What is understood is answered: all before it was heard by then.
  channel.postMessage({ version: 1, message: { type: 'read', n: 5 } });
  channel.postMessage({ version: 1, message: { type: 'ask', from: 'other' } });
  const answer = { version: 1, message: expect.objectContaining({ type: 'state', since: 5 }) };
  await expect.poll(() => said).toContainEqual(answer);
  expect(inbox.link.get()).toMatchObject({ state: 'retrying' });
  expect(inbox.rings.get()).toEqual([]);
});
