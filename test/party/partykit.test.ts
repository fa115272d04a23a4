import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { RoomDefinition } from '../../party/definition.ts';
import type { PartyConnection, PartyRoom } from '../../party/hosts/partykit/adapter.ts';
import { roomOnPartyKit } from '../../party/hosts/partykit/adapter.ts';
import { sign } from '../../party/wire/signature.ts';

const SECRET = 'the-secret-of-the-rooms-0123456789';
const env = {
  ROOMS_SECRET: SECRET,
  API_URL: 'http://127.0.0.1:1',
  ROOMS_URL: 'http://127.0.0.1:2',
};
const anna = {
  user: 'anna',
  device: 'phone',
  sid: 'phone',
  old: false,
  until: Date.now() + 60_000,
};

/** A kind of room that records what happens to it, and wants to be woken. */
const noting = (heard: string[]): RoomDefinition<string, string, object> => ({
  party: 'call',
  frameLimit: 100,
  ping: ['ping', 'pong'],
  hibernate: true,
  message: z.object({}),
  decode: (text) => ({ frame: text }),
  start: (id, { present }) => {
    heard.push(`start ${id}: ${present.map(({ who }) => who?.user)}`);
    return { state: id, effects: [] };
  },
  step: (state, event) => {
    heard.push(`${event.type} ${state}`);
    return { state, effects: [] };
  },
  kept: () => null,
  deadline: () => Date.now() + 60_000,
});

/** What PartyKit gives to a room; its id only if no alarm has woken it. */
const hostOf = (
  stored: Map<string, unknown>,
  id: string | undefined,
  connections: PartyConnection[] = [],
): PartyRoom => ({
  get id() {
    if (id === undefined) throw new Error('Party.id is not yet initialized.');
    return id;
  },
  env,
  storage: {
    get: async (key) => stored.get(key),
    put: async (key, value) => {
      stored.set(key, value);
    },
    getAlarm: async () => null,
    setAlarm: async () => undefined,
    deleteAlarm: async () => undefined,
    deleteAll: async () => stored.clear(),
  },
  getConnections: () => connections,
});

const connectionOf = (id: string): PartyConnection => {
  let state: unknown = null;
  return {
    id,
    readyState: 1,
    get state() {
      return state;
    },
    setState: (given) => {
      state = given;
    },
    send: () => undefined,
    close: () => undefined,
    addEventListener: () => undefined,
  };
};

const wayIn = async (room: string) => ({
  request: {
    headers: Object.entries(
      await sign([SECRET], { target: `call/${room}`, entrant: anna }, Date.now()),
    ),
  },
});

describe('a room on PartyKit', () => {
  test('a room knows its id when an alarm wakes it, which PartyKit does not tell', async () => {
    const stored = new Map<string, unknown>();
    const heard: string[] = [];
    const Room = roomOnPartyKit(noting(heard));
    await new Room(hostOf(stored, 'one')).onAlarm();
    await new Room(hostOf(stored, undefined)).onAlarm();
    expect(heard).toEqual(['start one: ', 'alarm one', 'start one: ', 'alarm one']);
  });

  test('a room meets whoever comes while it starts once, and again after its sleep', async () => {
    const stored = new Map<string, unknown>();
    const heard: string[] = [];
    const connections = ['a', 'b'].map(connectionOf);
    const Room = roomOnPartyKit(noting(heard));
    const room = new Room(hostOf(stored, 'one', connections));
    for (const connection of connections) await room.onConnect(connection, await wayIn('one'));
    expect(heard).toEqual(['start one: ', 'join one', 'join one']);
    await new Room(hostOf(stored, 'one', connections)).onMessage(
      'hi',
      connections[0] ?? connectionOf('c'),
    );
    expect(heard.slice(3)).toEqual(['start one: anna,anna', 'frame one']);
  });

  test('a room says which of its variables are missing, and no value', () => {
    const Room = roomOnPartyKit(noting([]));
    const start = () =>
      new Room({
        ...hostOf(new Map(), 'one'),
        id: 'one',
        env: { ROOMS_SECRET: SECRET, API_URL: 'x' },
      });
    expect(start).toThrow(/API_URL[\s\S]*ROOMS_URL/);
    expect(start).not.toThrow(SECRET);
  });
});
