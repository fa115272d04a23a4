import type { Goal } from '../goals.ts';
import { GOALS } from '../goals.ts';
import type { Row } from '../rows.ts';
import { ms, rowOf, us } from '../rows.ts';
import type { MeasuredServer } from '../servers/figures.ts';
import { quantile } from '../statistics.ts';
import { Api } from '../systems/api.ts';
import { post } from '../systems/post.ts';
import type { User } from '../users.ts';

/** How many pairs write, and how often each, within the 20 messages that anybody sends at once. */
export const CHAT_PAIRS = 50;
const MESSAGES = 15;

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
export const measureChats = async (
  worker: MeasuredServer,
  users: readonly User[],
): Promise<Row[]> => {
  const times: Times = { answered: [], seen: [] };
  const before = worker.processor();
  for (let n = 0; n < CHAT_PAIRS; n++) {
    const [sender, reader] = users.slice(2 * n);
    if (!sender || !reader) throw new Error('There are too few users');
    await measurePair(worker.url, [sender, reader], times);
  }
  const after = worker.processor();
  const used = before === undefined || after === undefined ? undefined : after - before;
  const row = (what: keyof Times, share: number, goal?: Goal): Row => {
    const value = quantile(times[what], share);
    const title = `a message in a chat is ${what}, p${share * 100}`;
    return rowOf(title, { here: ms(value), value, ...(goal && { goal }) });
  };
  return [
    row('answered', 0.5),
    row('answered', 0.99),
    row('seen', 0.5, GOALS.seenP50),
    row('seen', 0.99, GOALS.seenP99),
    // What opens chats and inboxes is in it.
    rowOf('a message in a chat, processor of workerd', {
      here: us(used && (used * 1_000_000) / (CHAT_PAIRS * (MESSAGES + 1))),
    }),
  ];
};
