import { describe, expect, test } from 'vitest';
import { Chat, Member } from '../../../src/contract/http/chats.ts';
import { ChatRow, MemberRow, toChat, toMember } from '../../../src/feed/chat.ts';

const row = {
  id: 'c1',
  type: 'user',
  name: 'Имя для другой стороны',
  photo: null,
  lastMessage: null,
  lastTime: null,
  unread: 0,
  peerUserId: 'olga',
  peerUsername: 'olga_77',
  peerDisplayName: 'Ольга',
  peerKeyVersion: 2,
  meta: null,
  role: 'member',
  lastSeq: 0,
  fromSeq: 0,
  readSeq: 0,
  othersReadSeq: 0,
  version: 0,
  large: false,
  members: 2,
  at: null,
  joinedAt: '2026-01-02T03:04:05.678901',
};

const shown = (over: object) =>
  Chat()
    .strict()
    .parse(toChat(ChatRow.parse({ ...row, ...over })));

describe('toChat', () => {
  test.each([
    ['the display name', {}, 'Ольга'],
    ['the username without one', { peerDisplayName: null }, 'olga_77'],
    ['the username when nobody sees the display name', { peerDisplayName: '\u3164' }, 'olga_77'],
    ['nothing for who was deleted', { peerDisplayName: null, peerUsername: null }, ''],
    ['the name of the chat when there is no one other', { peerUserId: null }, row.name],
    ['nothing when the chat has no name either', { peerUserId: null, name: null }, ''],
  ])('[M2] a personal chat is called by %s', (_, over, name) => {
    expect(shown(over).name).toBe(name);
  });

  test('a chat with a peer names them, and the version of their key', () => {
    expect(shown({})).toMatchObject({ peerUserId: 'olga', peerKeyVersion: 2 });
  });

  test('what a chat does not have is absent', () => {
    const group = shown({ type: 'group', peerUserId: null });
    expect(Object.keys(group)).not.toContain('peerUserId');
    expect(Object.keys(group)).not.toContain('peerKeyVersion');
    expect(Object.keys(group)).not.toContain('meta');
    expect(shown({ meta: { shareLink: '/c/1' } }).meta).toEqual({ shareLink: '/c/1' });
  });
});

describe('toMember', () => {
  const member = { userId: 'olga', username: 'olga_77', displayName: 'Ольга', readSeq: 3 };
  const shownMember = (over: object) =>
    Member()
      .strict()
      .parse(toMember(MemberRow.parse({ ...member, role: 'admin', ...over })));

  test('a member has their names, role and mark', () => {
    expect(shownMember({})).toEqual({ ...member, role: 'admin' });
  });

  test('a member who was deleted has empty names', () => {
    expect(shownMember({ username: null, displayName: null })).toMatchObject({
      username: '',
      displayName: '',
    });
  });
});
