import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { isLoopbackHost } from '../loopback.ts';
import { messageOf } from '../reason.ts';
import { Progress, table } from '../report.ts';
import { Person, waitForFrame } from './person.ts';
import type { Gathering, Line, PastTalk, Talk } from './story.ts';
import { CALLS, GATHERINGS, PEOPLE, TALKS } from './story.ts';

/**
 * `npm run seed`: fills the stack that `npm start` runs with ten people, their chats and calls, by
 * the API alone. A second run adds nothing but calls. PORT (8787) is the API's.
 */

const PORT = process.env['PORT'] || '8787';
const api = process.env['API_URL'] || `http://127.0.0.1:${PORT}`;

/** How long an answered call lasts, in milliseconds. */
const TALK_MS = 1_000;

const Chat = z.object({ id: z.string(), name: z.string() });
const Call = z.object({ callId: z.string() });
const Sent = z.object({ id: z.string() });

const people: Person[] = [];

const personAt = (index: number): Person => {
  const person = people[index];
  if (!person) throw new Error(`The story has no person ${index}.`);
  return person;
};

/** Sends messages in order; each once, however often the seed runs. */
const sendLines = async (chatId: string, lines: readonly Line[]): Promise<void> => {
  for (const [index, [from, text]] of lines.entries()) {
    const message = { text, clientId: `seed-${index}` };
    await personAt(from).ask(`/api/chats/${chatId}/messages`, Sent, message);
  }
};

const talk = async ({ between: [one, other], lines }: Talk): Promise<void> => {
  const peer = { type: 'user', peerUserId: personAt(other).userId };
  const { id } = await personAt(one).ask('/api/chats', Chat, peer);
  await sendLines(id, lines);
};

const gather = async (gathering: Gathering): Promise<void> => {
  const { type, name, description, lines } = gathering;
  const [first, ...others] = gathering.people.map(personAt);
  if (!first) throw new Error(`${name} has no people.`);
  const known = await first.ask('/api/chats', z.array(Chat));
  const members = others.map(({ userId }) => userId);
  const made = () => first.ask('/api/chats', Chat, { type, name, description, members });
  const { id } = known.find((chat) => chat.name === name) ?? (await made());
  await sendLines(id, lines);
};

const callUp = async ({ from, to, answered }: PastTalk): Promise<void> => {
  const [caller, callee] = [personAt(from), personAt(to)];
  const { callId } = await caller.ask('/api/calls', Call, { to: callee.userId });
  const outgoing = await caller.join(callId);
  const sockets = [outgoing];
  if (answered) {
    const incoming = await callee.join(callId);
    sockets.push(incoming);
    const accepted = waitForFrame(outgoing, ({ state }) => state === 'accepted');
    incoming.send(JSON.stringify({ type: 'accept' }));
    await accepted;
    await delay(TALK_MS);
  }
  const over = waitForFrame(outgoing, ({ state }) => state === 'ended');
  outgoing.send(JSON.stringify({ type: 'hangup' }));
  await over;
  for (const socket of sockets) socket.close();
};

/** Does one thing after another. */
const each = async <Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>) => {
  for (const item of items) await work(item);
};

const seed = async (progress: Progress): Promise<void> => {
  if (!isLoopbackHost(URL.parse(api)?.host))
    throw new Error(`${api} is not on this machine. Example data is for npm start alone.`);
  await progress.step('Asking the API', () =>
    fetch(`${api}/health`).catch(() => {
      throw new Error(`nothing answers at ${api}. Run npm start first, in another terminal`);
    }),
  );
  await progress.step('Signing ten people in', () =>
    each(PEOPLE, async (character) => people.push(await Person.signIn(api, character))),
  );
  await progress.step('Writing messages', async () => {
    await each(TALKS, talk);
    await each(GATHERINGS, gather);
  });
  await progress.step('Making calls', () => each(CALLS, callUp));
};

const progress = new Progress();
try {
  await seed(progress);
  console.log(`Ten people, ${TALKS.length + GATHERINGS.length} chats, ${CALLS.length} calls:\n`);
  console.log(table(PEOPLE.map((one) => [one.phone, `@${one.username}`, one.displayName])));
  console.log('\nSign in with any of these numbers: the answer to the code request has the code.');
} catch (error) {
  console.error(`No example data: ${messageOf(error)}`);
  process.exitCode = 1;
} finally {
  progress.done();
}
