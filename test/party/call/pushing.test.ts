import { expect, test } from 'vitest';
import { CallRoom } from './call.ts';

/** Whom the room rings, and whether their inbox may have them pushed to. */
const rungOf = (room: CallRoom) =>
  room.posts.flatMap((post) =>
    post.to !== 'worker' && post.message.type === 'ring' ? [[post.to.id, post.message.push]] : [],
  );

test('[P4] a room tells the inboxes of those who have subscribed to pushes, and no others', () => {
  const room = new CallRoom();
  room.create({ callees: ['bob', 'cyd'], push: ['cyd'] });
  expect(rungOf(room)).toEqual([
    ['bob', undefined],
    ['cyd', true],
  ]);
});

test('[C12, P4] a room whose host has died still knows who has subscribed', () => {
  const room = new CallRoom();
  room.create({ push: ['bob'] });
  room.restart();
  expect(room.state.call?.members[1]).toMatchObject({ state: 'ringing', push: true });
});
