import { describe, expect, test } from 'vitest';
import { INLINE_ATTACHMENT_LIMIT } from '../../../src/contract/http/messages.ts';
import { MessageRow, toInlineMessage, toMessage } from '../../../src/feed/message.ts';

const row = {
  id: 'm1',
  senderId: 'anna',
  text: 'Привет!',
  time: '2026-01-02T03:04:05.678Z',
  attachment: null,
  seq: 7,
  version: 9,
  clientId: 'c1',
  editedAt: null,
  deleted: false,
};

const shown = (over: object, reader = 'anna') =>
  toMessage(MessageRow.parse({ ...row, ...over }), reader);

describe('a message as a member sees it', () => {
  test('[M1] it has the five fields of legacy clients first, and no attachment without one', () => {
    expect(Object.keys(shown({}))).toEqual([
      ...['id', 'fromMe', 'text', 'time'],
      ...['seq', 'version', 'senderId', 'clientId'],
    ]);
    const attachment = { type: 'image', url: 'https://example.com/a.png' };
    expect(Object.keys(shown({ attachment })).slice(0, 5)).toEqual([
      ...['id', 'fromMe', 'text', 'time', 'attachment'],
    ]);
  });

  test('only the sender sees it as their own, and its clientId', () => {
    expect(shown({})).toMatchObject({ fromMe: true, clientId: 'c1' });
    expect(shown({}, 'boris')).toMatchObject({ fromMe: false, senderId: 'anna' });
    expect(shown({}, 'boris')).not.toHaveProperty('clientId');
    expect(shown({ senderId: null }, 'boris')).toMatchObject({ fromMe: false, senderId: null });
  });

  test('it says when it was edited, and that it was deleted', () => {
    expect(shown({ editedAt: row.time, deleted: true })).toMatchObject({
      editedAt: row.time,
      deleted: true,
    });
  });

  test.each([
    { type: 'image', url: 'javascript:alert(1)' },
    { type: 'image', url: 'data:text/html,<script>' },
    { type: 'image', url: 7 },
    { type: 'file', url: 'https://example.com/a' },
    'https://example.com/a',
    [],
    7,
  ])('a legacy attachment that no client may follow is not shown: %j', (attachment) => {
    expect(shown({ attachment })).not.toHaveProperty('attachment');
  });

  test.each(['https://a.example/b', 'http://a.example/b', 'data:image/png;base64,AAAA'])(
    'a legacy attachment is shown: %s',
    (url) => {
      const attachment = { type: 'video', url };
      expect(shown({ attachment }).attachment).toEqual(attachment);
    },
  );
});

describe('a message as frames carry it', () => {
  const withUrl = (length: number) =>
    shown({ attachment: { type: 'image', url: `data:image/png;base64,${'A'.repeat(length)}` } });

  test('[M21] a long attachment is without its URL, a short one is whole', () => {
    expect(toInlineMessage(withUrl(INLINE_ATTACHMENT_LIMIT)).attachment).toEqual({ type: 'image' });
    expect(toInlineMessage(withUrl(1_000))).toEqual(withUrl(1_000));
    expect(toInlineMessage(shown({}))).toEqual(shown({}));
  });
});
