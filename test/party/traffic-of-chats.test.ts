import { describe, expect, test } from 'vitest';
import { messageOf } from './chat-message.ts';
import { Inbox } from './inbox/inbox.ts';

describe('what word of a chat sets off', () => {
  test('[C17, M21] word of a chat brings one frame to each device, and no request', () => {
    const bob = new Inbox().device('phone').device('tablet');
    for (let n = 0; n < 3; n++) bob.legacy(`pc${n}`);
    const names = bob.connected;
    for (const name of names) bob.got(name);
    bob.posts.length = 0;
    const news = { type: 'message', chat: 'k', isNew: true, message: messageOf('alice') } as const;
    bob.tell({ type: 'chat', news, n: 1 });
    expect(names.map((name) => bob.got(name).length)).toEqual([1, 1, 1, 1, 1]);
    expect(bob.posts).toEqual([]);
  });

  test('[C17, M22, M28] a hello or typing brings one request, a ping one frame', () => {
    for (const [frame, frames, posts] of [
      [{ type: 'typing', chat: 'k' }, 0, 1],
      [{ type: 'hello', version: 1, since: 0 }, 0, 1],
      [{ type: 'ping' }, 1, 0],
    ] as const) {
      const bob = new Inbox().device('phone').device('tablet');
      for (const name of bob.connected) bob.got(name);
      for (let n = 0; n < 20; n++) bob.say('phone', frame);
      expect([bob.got('phone').length, bob.posts.length]).toEqual([20 * frames, posts]);
      expect(bob.got('tablet')).toEqual([]);
    }
  });
});
