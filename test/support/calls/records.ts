import { neon } from '@neondatabase/serverless';
import { sign } from '../../../party/wire/signature.ts';
import type { CallRecord, ToWorker } from '../../../party/wire/to-worker.ts';
import type { Answer, Api } from '../client.ts';
import { freshChat } from '../sign-in.ts';
import { stack } from '../stack.ts';
import { newUsers } from './people.ts';

/** Tells the Worker something as a room does. */
export const tellWorker = async (
  api: Api,
  message: ToWorker,
  now = Date.now(),
): Promise<Answer> => {
  const body = JSON.stringify(message);
  const headers = await sign([String(stack.settings.JWT_SECRET)], { target: 'worker', body }, now);
  return api.send('POST', '/api/internal/rooms', { body, headers });
};

/** A call of 42 s, five seconds after it began to ring, unless it is said otherwise. */
export const recordOf = (
  caller: string,
  callees: readonly string[],
  more: Partial<CallRecord> = {},
): CallRecord => {
  const createdAt = more.createdAt ?? Date.now();
  return {
    type: 'record',
    call: crypto.randomUUID(),
    caller,
    video: false,
    reason: 'hung_up',
    createdAt,
    acceptedAt: createdAt + 5_000,
    endedAt: createdAt + 47_000,
    callees: callees.map((user) => ({ user, joined: true, missed: false })),
    turn: [],
    ...more,
  };
};

/** A call that nobody took. */
export const missedRecord = (
  caller: string,
  callees: readonly string[],
  more: Partial<CallRecord> = {},
): CallRecord => {
  const { acceptedAt, ...record } = recordOf(caller, callees, { reason: 'missed', ...more });
  return { ...record, callees: callees.map((user) => ({ user, joined: false, missed: true })) };
};

const sql = neon(String(stack.settings.DATABASE_URL));

/** A caller, and somebody with a chat, which hears of missed calls unless it is said otherwise. */
export const callerAndChat = async (
  link: { readonly language?: string; readonly off?: boolean } = {},
  displayName = 'Имя',
) => {
  const [caller, callee] = await newUsers(2, { displayName });
  if (!caller || !callee) throw new Error('There are two');
  const chat = freshChat();
  await sql`insert into telegram_links (phone, chat_id, language, proved, missed_calls)
    values (${callee.phone}, ${chat}, ${link.language ?? null}, true, ${!link.off})`;
  return { caller, callee, chat };
};
