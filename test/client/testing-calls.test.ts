import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCalls } from '../../client/src/call.ts';
import { STAND_INS } from './call/stand-in-media.ts';
import { TestStage } from './testing-support.ts';

let stage: TestStage;

beforeEach(() => {
  stage = new TestStage();
  for (const [name, standIn] of Object.entries(STAND_INS)) vi.stubGlobal(name, standIn);
});

afterEach(() => stage.end());

const callerAndCallee = async () => {
  const device = async (name: string) => {
    const one = await stage.deviceOf(name);
    return { ...one, calls: stage.keep(createCalls(one.client, one.inbox)) };
  };
  return { anna: await device('Anna'), bob: await device('Bob'), laptop: await device('Bob') };
};

/** Anna calls Bob, who accepts on his phone, and both talk. */
const talk = async () => {
  const people = await callerAndCallee();
  const { anna, bob } = people;
  const made = anna.calls.call(bob.username);
  await stage.clock.pass(100);
  expect(made.state.get()).toMatchObject({ state: 'ringing', unreachable: false });
  const [ring] = bob.inbox.rings.get();
  if (!ring) throw new Error('It does not ring');
  const taken = bob.calls.accept(ring);
  await stage.clock.pass(1_000);
  return { ...people, id: ring.call, made, taken };
};

test('Two talk: their machines negotiate by the room, and it rings no longer elsewhere', async () => {
  const { made, taken, laptop, id } = await talk();
  expect([made.state.get().state, taken.state.get().state]).toEqual(['talking', 'talking']);
  expect(made.people.get()).toMatchObject([{ displayName: 'Bob', state: 'talking' }]);
  expect(taken.people.get()).toMatchObject([{ displayName: 'Anna', state: 'talking' }]);
  expect(laptop.stopped).toEqual(['answered_elsewhere']);
  expect(laptop.inbox.rings.get()).toEqual([]);

  await made.hangUp();
  await stage.clock.pass(100);
  expect(made.state.get()).toMatchObject({ state: 'ended', reason: 'hung_up', by: 'me' });
  expect(taken.state.get()).toMatchObject({ state: 'ended', reason: 'hung_up', by: 'them' });
  const { calls } = await laptop.client.request('listCalls', {});
  expect(calls).toMatchObject([{ callId: id, reason: 'hung_up', missed: false }]);
});

test('A call outlives a restart of its room', async () => {
  const { made, taken, id } = await talk();
  stage.server.restartRoom(id);
  await stage.clock.pass(0);
  expect(made.link.get()).toMatchObject({ state: 'retrying' });
  await stage.clock.pass(10_000);
  for (const call of [made, taken]) {
    expect(call.link.get()).toEqual({ state: 'online' });
    expect(call.state.get().state).toBe('talking');
  }
  await taken.hangUp();
  await stage.clock.pass(100);
  expect(made.state.get()).toMatchObject({ state: 'ended', reason: 'hung_up', by: 'them' });
});

test('A call whose callee has no network for a while goes on', async () => {
  const { made, taken, bob } = await talk();
  stage.server.cut(bob.userId);
  await stage.clock.pass(2_000);
  expect(taken.link.get()).toMatchObject({ state: 'retrying' });
  expect(made.people.get()).toMatchObject([{ state: 'away' }]);
  stage.server.mend(bob.userId);
  await stage.clock.pass(10_000);
  expect(taken.link.get()).toEqual({ state: 'online' });
  expect(made.people.get()).toMatchObject([{ state: 'talking' }]);
});

test('A call whose callee has no network for good is lost', async () => {
  const { made, taken, bob } = await talk();
  stage.server.cut(bob.userId);
  await stage.clock.pass(120_000);
  expect(made.state.get()).toMatchObject({ state: 'ended', reason: 'lost' });
  expect(taken.state.get().state).toBe('ended');
});
