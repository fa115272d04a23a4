import { describe, expect, test } from 'vitest';
import { qrRoomExpiry } from '../../../src/contract/sockets/qr.ts';
import { createQrRoomId, verifyQrRoomId } from '../../../src/qr/room-id.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const EXPIRES = NOW + 300_000;
const room = await createQrRoomId(['secret'], EXPIRES);

describe('the id of a room', () => {
  test('[A33] the id fits the name of a room, is never the same, and says its end', async () => {
    expect(room).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(await createQrRoomId(['secret'], EXPIRES)).not.toBe(room);
    expect(qrRoomExpiry(room)).toBe(EXPIRES);
    expect(qrRoomExpiry(await createQrRoomId(['secret'], EXPIRES - 999))).toBe(EXPIRES);
  });

  test('[A33] the id holds until its end', async () => {
    expect(await verifyQrRoomId(['secret'], room, EXPIRES - 1)).toBe(true);
    expect(await verifyQrRoomId(['secret'], room, EXPIRES)).toBe(false);
  });

  test('[A36] the id holds while the secret rotates, and under no other', async () => {
    expect(await verifyQrRoomId(['new', 'secret'], room, NOW)).toBe(true);
    expect(await verifyQrRoomId(['new'], room, NOW)).toBe(false);
  });

  test('[A33] the id holds with none of its characters changed', async () => {
    for (let i = 0; i < room.length; i++) {
      for (const other of ['A', 'Q', 'z', '9', '-', '']) {
        const changed = room.slice(0, i) + other + room.slice(i + 1);
        if (changed !== room)
          expect(await verifyQrRoomId(['secret'], changed, NOW), changed).toBe(false);
      }
    }
  });

  test.each(['', '--', 'lobby', 'x'.repeat(63), `${room}A`, ` ${room}`, room.toUpperCase()])(
    '[A33] %j is no id',
    async (id) => {
      expect(await verifyQrRoomId(['secret'], id, NOW)).toBe(false);
    },
  );
});
