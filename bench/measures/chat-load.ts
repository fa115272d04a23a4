import type { Goal } from '../goals.ts';
import { GOALS } from '../goals.ts';
import { pause } from '../pause.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { ms, perSecond, rowOf, us } from '../rows.ts';
import type { MeasuredServer } from '../servers/figures.ts';
import { quantile } from '../statistics.ts';
import { Member } from '../systems/chats.ts';
import type { User } from '../users.ts';

/** How many chats there are, and how many members with a device each. */
const CHATS = 100;
const MEMBERS = 4;

/** How many users the measurement needs. */
export const CHAT_USERS = CHATS * MEMBERS;

/**
 * How many messages a second are due, and for how many seconds; nobody waits for those before. A
 * sender may send one a second.
 */
const PER_SECOND = Number(process.env['BENCH_CHATS_PER_SECOND'] || 500);
const SECONDS = Number(process.env['BENCH_CHATS_SECONDS'] || 15);

/** How long frames may be on their way after the last message was sent, in milliseconds. */
const LATE_MS = 10_000;

interface Group {
  readonly id: string;
  readonly members: readonly Member[];
}

/** What became of the messages of a load. */
interface Outcome {
  readonly sent: number;
  /** Messages that a send did not answer in order. */
  readonly failed: number;
  /** Times from when a message is due to its frame at each device, in milliseconds. */
  readonly taken: readonly number[];
  /** How many messages a second were answered, until the last one was. */
  readonly perSecond: number;
  /** How many frames did not come, and how many came twice or oftener. */
  readonly missed: number;
  readonly doubled: number;
  /** How many messages a device had neither by frames nor by sync, and how many sync told twice. */
  readonly lost: number;
  readonly repeated: number;
  /** The processor time of workerd for a message, in microseconds. */
  readonly processor: number | undefined;
}

const makeGroups = async (url: string, users: readonly User[]): Promise<Group[]> => {
  const groups: Group[] = [];
  for (let n = 0; n < CHATS; n++) {
    const own = users.slice(n * MEMBERS, (n + 1) * MEMBERS);
    const members = own.map((user) => new Member(url, user));
    const [first, ...others] = members;
    if (!first) throw new Error('There are not enough users');
    const id = await first.makeGroup(others);
    await Promise.all(members.map((member) => member.listen()));
    groups.push({ id, members });
  }
  return groups;
};

const load = async (
  worker: MeasuredServer,
  groups: readonly Group[],
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Outcome> => {
  const taken: number[] = [];
  const run = crypto.randomUUID().slice(0, 8);
  for (const { members } of groups) {
    for (const member of members) {
      member.heard.clear();
      await member.catchUp();
      member.onText = (text) => taken.push(performance.now() - Number(text));
    }
  }
  const before = worker.processor();
  const sends: Promise<{ group: Group; id: string } | undefined>[] = [];
  const began = performance.now();
  for (let sent = 0; sent < perSecond * seconds; await pause(1)) {
    const due = Math.min(perSecond * seconds, ((performance.now() - began) / 1_000) * perSecond);
    for (; sent < due; sent++) {
      const group = groups[sent % groups.length];
      const sender = group?.members[Math.floor(sent / groups.length) % MEMBERS];
      if (!group || !sender) continue;
      const posted = sender.send(group.id, String(performance.now()), `${run}-${sent}`);
      sends.push(
        posted.then(
          (id) => ({ group, id }),
          (error) => void console.error(`        ${error.message}`),
        ),
      );
    }
  }
  const answered = (await Promise.all(sends)).filter((answer) => answer !== undefined);
  const took = (performance.now() - began) / 1_000;
  await pause(Math.min(LATE_MS, 1_000 * seconds));
  const after = worker.processor();
  return {
    sent: sends.length,
    failed: sends.length - answered.length,
    taken,
    perSecond: answered.length / took,
    processor: before && after && ((after - before) * 1_000_000) / sends.length,
    ...(await count(groups, answered)),
  };
};

/** Compares what each device heard, and what sync tells it, with what was sent. */
const count = async (
  groups: readonly Group[],
  answered: readonly { readonly group: Group; readonly id: string }[],
) => {
  const wanted = new Map(groups.map((group) => [group, new Set<string>()]));
  for (const { group, id } of answered) wanted.get(group)?.add(id);
  let [missed, doubled, lost, repeated] = [0, 0, 0, 0];
  for (const { members, ...group } of groups) {
    const ids = [...wanted].find(([{ id }]) => id === group.id)?.[1] ?? new Set();
    for (const member of members) {
      const synced = await member.catchUp();
      const told = new Set(synced);
      repeated += synced.length - told.size;
      for (const id of ids) {
        const times = member.heard.get(id) ?? 0;
        if (times === 0) missed += 1;
        if (times > 1) doubled += 1;
        if (!told.has(id)) lost += 1;
      }
    }
  }
  return { missed, doubled, lost, repeated };
};

/** Has 400 people chat in 100 groups at full load. */
export const measureChatLoad = async (
  worker: MeasuredServer,
  users: readonly User[],
): Promise<Row[]> => {
  const groups = await step(`making ${CHATS} groups`, () => makeGroups(worker.url, users));
  const full = { perSecond: PER_SECOND, seconds: SECONDS };
  const rate = `${PER_SECOND} messages/s for ${SECONDS} s`;
  const busy = await step(`chats, ${rate}`, () => load(worker, groups, full));
  for (const { members } of groups) for (const member of members) member.close();
  const rowOfCount = (what: string, value: number, goal?: Goal) =>
    rowOf(`${CHATS} chats, ${rate}: ${what}`, {
      here: String(value),
      value,
      ...(goal && { goal }),
    });
  return [
    rowOfCount('failed', busy.failed, GOALS.chatsFailed),
    rowOfCount('lost at any device', busy.lost, GOALS.chatsLost),
    rowOfCount('doubled at any device', busy.doubled + busy.repeated, GOALS.chatsDoubled),
    rowOfCount('frames that sync made good', busy.missed),
    rowOf('messages answered under this load', { here: perSecond(busy.perSecond) }),
    rowOf('from when a message is due until a device has it, p50', {
      here: ms(quantile(busy.taken, 0.5)),
    }),
    rowOf('processor of workerd a message', { here: us(busy.processor) }),
  ];
};
