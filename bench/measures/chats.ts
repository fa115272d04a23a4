import type { Row } from '../goals.ts';
import { quantile } from '../statistics.ts';
import { Api } from '../systems/api.ts';
import { post } from '../systems/post.ts';
import type { User } from '../users.ts';

/** How many pairs write, and how often each, within the 20 messages that anybody sends at once. */
export const CHAT_PAIRS = 50;
const MESSAGES = 15;

/** The goals, in milliseconds: from the request until the other device has the frame. */
const GOALS = { p50: 25, p99: 100 } as const;

const postAs = async (url: string, user: User, body: object): Promise<Record<string, unknown>> => {
  const { status, text } = await post(url, user.token, body);
  if (status >= 300) throw new Error(`POST ${url} answered ${status}: ${text}`);
  return JSON.parse(text);
};

/** After how many milliseconds each message was answered, and seen on the other device. */
interface Times {
  readonly answered: number[];
  readonly seen: number[];
}

/** Opens the personal chat of two, and measures each message from one to the other. */
const measurePair = async (
  url: string,
  [sender, reader]: readonly [User, User],
  { answered, seen }: Times,
): Promise<void> => {
  const api = new Api(url);
  const { socket } = await api.enter(await api.inbox(reader));
  const { id } = await postAs(`${url}/api/chats`, sender, { type: 'user', peerUserId: reader.id });
  for (let n = 0; n <= MESSAGES; n++) {
    const heard = socket.next('message');
    const began = performance.now();
    const since = () => performance.now() - began;
    const sent = postAs(`${url}/api/chats/${id}/messages`, sender, { text: `Message ${n}` });
    const both = await Promise.all([sent.then(since), heard.then(since)]);
    // The first one wakes what sleeps, as the first message of a day does.
    if (n === 0) continue;
    answered.push(both[0]);
    seen.push(both[1]);
  }
  await socket.close();
};

/** Measures how soon a message is seen on another device, one message at a time. */
export const measureChats = async (url: string, users: readonly User[]): Promise<Row[]> => {
  const times: Times = { answered: [], seen: [] };
  for (let n = 0; n < CHAT_PAIRS; n++) {
    const [sender, reader] = users.slice(2 * n);
    if (!sender || !reader) throw new Error('There are too few users');
    await measurePair(url, [sender, reader], times);
  }
  const rowOf = (what: keyof Times, name: keyof typeof GOALS): Row => {
    const value = quantile(times[what], name === 'p50' ? 0.5 : 0.99);
    const goal = what === 'seen' ? GOALS[name] : undefined;
    return {
      what: `a message is ${what}, ${name}, ms`,
      goal: goal === undefined ? '–' : `≤ ${goal}`,
      rooms: value.toFixed(1),
      bare: '–',
      ws: '–',
      peer: '–',
      ratio: '–',
      holds: goal === undefined ? undefined : value <= goal,
    };
  };
  return [
    rowOf('answered', 'p50'),
    rowOf('answered', 'p99'),
    rowOf('seen', 'p50'),
    rowOf('seen', 'p99'),
  ];
};
