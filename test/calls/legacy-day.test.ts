import { randomBytes } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { openLegacy } from '../support/calls/device.ts';
import { dropAll } from '../support/calls/listener.ts';
import { runningApi } from '../support/client.ts';
import { signIn } from '../support/sign-in.ts';

afterAll(dropAll);

const api = runningApi();

/** Somebody at a legacy web page: what it has asked for, and its sockets. */
const person = async (displayName: string) => {
  const token = await signIn(api);
  const ask = async (status: number, method: string, path: string, body?: object) => {
    const answer = await api.send(method, path, { token, ...(body && { body }) });
    expect(answer.status, answer.text).toBe(status);
    return JSON.parse(answer.text);
  };
  const username = `u${randomBytes(8).toString('hex')}`;
  expect(await ask(200, 'PATCH', '/api/profile', { username, displayName })).toMatchObject({
    username,
    displayName,
  });
  const { userId } = await ask(200, 'GET', '/api/profile');
  // A page has a socket for chats, one that waits for calls, and the one of the call on the screen.
  const chats = await openLegacy(token);
  const calls = await openLegacy(token);
  chats.say({ type: 'ping' });
  await chats.next({ type: 'pong' });
  return { token, ask, username, userId: String(userId), chats, calls };
};

/** Time for a busy machine. */
const patient = { timeout: 90_000 };

test(
  '[M1, M2, M3, M4, M43, C37] a legacy client has its whole day: group, chat, call and key',
  patient,
  async () => {
    const anna = await person('Анна');
    const boris = await person('Борис');

    // A group of her own.
    const group = await anna.ask(201, 'POST', '/api/chats', {
      name: 'Поход',
      type: 'group',
      photo: null,
      description: 'В субботу',
      shareLink: '',
      admins: [],
      moderators: [],
    });
    expect(group).toMatchObject({ type: 'group', name: 'Поход', unread: 0 });

    // A personal chat, found by a part of the nickname.
    const [found] = await anna.ask(
      200,
      'GET',
      `/api/users/search?q=${boris.username.slice(1, 12)}`,
    );
    expect(found).toEqual({ id: boris.userId, username: boris.username, displayName: 'Борис' });
    const peer = { type: 'user', name: 'Борис', peerUsername: found.username };
    const chat = await anna.ask(201, 'POST', '/api/chats', peer);
    expect(chat).toMatchObject({ type: 'user', name: 'Борис', peerUserId: boris.userId });
    expect((await boris.ask(200, 'POST', '/api/chats', { peerUserId: anna.userId })).id).toBe(
      chat.id,
    );

    // A message arrives on the socket for chats, and at none of its sender's page.
    const messages = `/api/chats/${chat.id}/messages`;
    const sent = await anna.ask(201, 'POST', messages, { text: 'Привет!' });
    const { id, text, time } = sent;
    expect(sent).toMatchObject({ fromMe: true, text: 'Привет!' });
    const arrived = { type: 'new_message', chatId: chat.id };
    const { frame } = await boris.chats.next(arrived);
    expect(frame).toEqual({ ...arrived, message: { id, fromMe: false, text, time } });
    expect(await boris.ask(200, 'GET', '/api/chats')).toMatchObject([
      { id: chat.id, name: 'Анна', lastMessage: 'Привет!', unread: 1 },
    ]);
    expect(await boris.ask(200, 'GET', messages)).toMatchObject([
      { id, fromMe: false, text, time },
    ]);
    expect(await boris.ask(200, 'GET', '/api/chats')).toMatchObject([{ unread: 0 }]);

    // The same with a picture, and an answer.
    const attachment = { type: 'image', url: 'data:image/png;base64,iVBORw0KGgo=' };
    await boris.ask(201, 'POST', messages, { text: '', attachment });
    await anna.chats.next({ type: 'new_message', chatId: chat.id });
    expect(await anna.ask(200, 'GET', messages)).toMatchObject([
      { fromMe: true, text: 'Привет!' },
      { fromMe: false, text: '', attachment },
    ]);

    // A call from the chat, which the socket for chats knows nothing of.
    const callScreen = await openLegacy(anna.token);
    const offer = { type: 'offer', sdp: 'v=0 offer' };
    callScreen.say({
      event: 'call:offer',
      payload: { targetUserId: chat.peerUserId, sdp: offer, isVideo: true },
    });
    const ring = await boris.calls.next({ event: 'call:offer' });
    expect(ring.frame).toMatchObject({ payload: { fromUserId: anna.userId, sdp: offer } });
    boris.calls.say({ event: 'call:answer', payload: { sdp: { type: 'answer', sdp: 'v=0' } } });
    await callScreen.next({ event: 'call:answer', payload: { type: 'answer', sdp: 'v=0' } });
    callScreen.say({ event: 'call:ice', payload: { candidate: { candidate: 'c1' } } });
    await boris.calls.next({ event: 'call:ice', payload: { candidate: { candidate: 'c1' } } });
    await anna.ask(201, 'POST', messages, { text: 'Слышно?' });
    await boris.chats.next({ type: 'new_message', message: { text: 'Слышно?' } });
    boris.calls.say({ event: 'call:hangup' });
    await callScreen.next({ event: 'call:hangup' });

    // A key for the encryption of the legacy page.
    expect(await boris.ask(200, 'GET', `/api/users/${anna.userId}/public-key`)).toMatchObject({
      publicKey: null,
    });
    expect(
      await anna.ask(200, 'POST', '/api/profile/public-key', { publicKey: 'MFkwEwYH' }),
    ).toMatchObject({ ok: true });
    expect(await boris.ask(200, 'GET', `/api/users/${anna.userId}/public-key`)).toMatchObject({
      publicKey: 'MFkwEwYH',
    });
  },
);
