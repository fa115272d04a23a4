import { describe, expect, test } from 'vitest';
import type { News, ToldOfChat } from '../../../party/wire/chats.ts';
import type { Rooms } from '../../../party/wire/rooms.ts';
import { NO_ROOMS } from '../../../party/wire/rooms.ts';
import type { Message } from '../../../src/contract/http/messages.ts';
import { INLINE_ATTACHMENT_LIMIT } from '../../../src/contract/http/messages.ts';
import type { Change } from '../../../src/feed/tell.ts';
import { LEGACY_ATTACHMENTS_LIMIT, tellMembers } from '../../../src/feed/tell.ts';
import type { RequestContext } from '../../../src/platform/http/request-context.ts';
import { createLog } from '../../../src/platform/log.ts';

const message: Message = {
  id: 'm1',
  fromMe: true,
  text: 'Hello',
  time: '2026-11-28T12:00:00.000Z',
  seq: 4,
  version: 9,
  senderId: 'alice',
  clientId: 'mine',
};

type Ask = Parameters<Rooms['ask']>;

/** Tells of a change, and returns what rooms were asked; what is done behind the answer is over. */
const tell = async (change: Partial<Change>, onAsk: (...asked: Ask) => unknown = () => ({})) => {
  const asked: Ask[] = [];
  const behind: (() => Promise<unknown>)[] = [];
  const ctx: RequestContext = {
    log: createLog(),
    client: { requestId: '', address: '', device: { name: '', kind: 'other' } as never },
    now: Date.now,
    defer: (_, work) => void behind.push(work),
  };
  const ask: Rooms['ask'] = async (...one) => {
    asked.push(one);
    return onAsk(...one);
  };
  tellMembers(
    ctx,
    { rooms: { ...NO_ROOMS, ask } },
    {
      chatId: 'k',
      news: { type: 'message', isNew: true, message },
      told: [
        { userId: 'alice', n: 1 },
        { userId: 'bob', n: 7 },
      ],
      large: false,
      senderSid: 's',
      ...change,
    },
  );
  expect(asked).toEqual([]);
  const failures = await Promise.allSettled(behind.map((work) => work()));
  return { asked, failed: failures.filter(({ status }) => status === 'rejected').length };
};
const newsIn = (asked: readonly Ask[]) =>
  asked.map(([, told]) => (told as ToldOfChat).news as Extract<News, { type: 'message' }>);
const withAttachment = (length: number, change: Partial<Change> = {}) => {
  const url = `data:image/png;base64,${'A'.repeat(length)}`;
  const attachment = { type: 'image', url } as const;
  const long = { ...message, attachment };
  return tell({ news: { type: 'message', isNew: true, message: long }, ...change });
};

describe('what members are told', () => {
  test('[M21, M3] each hears of a message with their own number, behind the answer', async () => {
    const { fromMe: _, clientId: __, ...shown } = message;
    const news = { type: 'message', chat: 'k', isNew: true, message: shown };
    const { asked } = await tell({});
    expect(asked).toEqual([
      [
        { party: 'inbox', id: 'alice' },
        { type: 'chat', news, n: 1, sid: 's', clientId: 'mine' },
      ],
      [
        { party: 'inbox', id: 'bob' },
        { type: 'chat', news, n: 7 },
      ],
    ]);
  });

  test('[M21] what an admin did to the message of another is not the sender’s doing', async () => {
    const deleted = { ...message, fromMe: false };
    const { asked } = await tell({ news: { type: 'message', isNew: false, message: deleted } });
    expect(asked.map(([, told]) => 'sid' in told)).toEqual([false, false]);
  });

  test('[M21] they hear of any other change, and what it is for them', async () => {
    const { asked } = await tell({
      news: { type: 'change', what: 'member', version: 3 },
      told: [{ userId: 'bob', n: 7, what: 'left' }],
    });
    const news = { type: 'change', chat: 'k', what: 'member', version: 3 };
    expect(asked.map(([, told]) => told)).toEqual([{ type: 'chat', news, n: 7, what: 'left' }]);
  });

  test('[M21] rooms that fail are asked once, and the others all the same', async () => {
    const told = Array.from({ length: 40 }, (_, n) => ({ userId: `u${n}`, n }));
    const { asked, failed } = await tell({ told }, ({ id }) => {
      if (id !== 'u3') throw new Error('Out of reach');
    });
    expect([asked.length, failed]).toEqual([40, 1]);
  });

  test.each([41, 256])('[M27] a message to %i members asks two rooms', async (count) => {
    const others = Array.from({ length: count - 1 }, (_, n) => ({ userId: `u${n}`, n }));
    const { asked } = await tell({ told: [{ userId: 'alice', n: 1 }, ...others] });
    expect(asked.map(([room]) => room)).toEqual([
      { party: 'inbox', id: 'alice' },
      { party: 'fanout', id: 'k' },
    ]);
  });

  test('[M26] a message to a large chat asks two rooms', async () => {
    const { asked } = await tell({ told: [{ userId: 'alice', n: 1 }], large: true });
    expect(asked.map(([{ party }]) => party)).toEqual(['inbox', 'fanout']);
    expect(asked[1]?.[1]).toMatchObject({ to: [], all: { except: ['alice'] } });
  });
});

describe('a long attachment', () => {
  test('[M3] it is in the message as long as it is short', async () => {
    const [news] = newsIn((await withAttachment(INLINE_ATTACHMENT_LIMIT - 100)).asked);
    expect(news?.message.attachment?.url).toMatch(/^data:/);
    expect(news).not.toHaveProperty('whole');
  });

  test('[M3] it goes whole to legacy sockets alone', async () => {
    const [news] = newsIn((await withAttachment(INLINE_ATTACHMENT_LIMIT + 1)).asked);
    expect(news?.message.attachment).toEqual({ type: 'image' });
    expect(news?.whole?.url).toMatch(/^data:/);
  });

  test.each<[string, number, Partial<Change>]>([
    ['many are told', LEGACY_ATTACHMENTS_LIMIT / 2, {}],
    ['the chat is large', INLINE_ATTACHMENT_LIMIT + 1, { large: true }],
  ])('[M3] it goes to nobody when %s', async (_, length, change) => {
    const { asked } = await withAttachment(length, change);
    expect(JSON.stringify(asked).length).toBeLessThan(2_000);
  });

  test('[M3] it goes to nobody when the message is not new', async () => {
    const url = `data:image/png;base64,${'A'.repeat(INLINE_ATTACHMENT_LIMIT)}`;
    const edited = { ...message, attachment: { type: 'image', url } as const };
    const { asked } = await tell({ news: { type: 'message', isNew: false, message: edited } });
    expect(JSON.stringify(asked).length).toBeLessThan(2_000);
  });
});
