import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { addressOf } from '../../../../src/platform/http/address.ts';

const app = new Hono().get('/', (c) => c.text(addressOf(c)));

const addressFor = async (headers: Record<string, string>) =>
  (await app.request('/', { headers })).text();

describe('the address that limits count for', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:0db8:0001:0002'],
    ['2001:DB8:1:2::', '2001:0db8:0001:0002'],
    ['2001:db8::1', '2001:0db8:0000:0000'],
    ['::1', '0000:0000:0000:0000'],
  ])('[H21] the address is for %j %j', async (given, address) => {
    expect(await addressFor({ 'CF-Connecting-IP': given })).toBe(address);
  });

  test('[H21] the address is the same for a whole /64, and differs for the next', async () => {
    const [first, last, next] = await Promise.all(
      ['2001:db8:1:2::', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:3::'].map((given) =>
        addressFor({ 'CF-Connecting-IP': given }),
      ),
    );
    expect(last).toBe(first);
    expect(next).not.toBe(first);
  });

  test.each([
    '',
    'unknown',
    '999.1.1.1',
    '1.2.3',
    '203.0.113.7, 203.0.113.8',
    'a:b',
    '1:2:3:4:5:6:7:8:9:',
  ])('[H21] clients without a usable address share one: %j', async (given) => {
    expect(await addressFor({ 'CF-Connecting-IP': given })).toBe('unknown');
  });

  test('[H21] the address is not taken from headers that a client can set', async () => {
    const forged = {
      'X-Forwarded-For': '198.51.100.1',
      'X-Real-IP': '198.51.100.1',
      Forwarded: 'for=198.51.100.1',
    };
    expect(await addressFor(forged)).toBe('unknown');
    expect(await addressFor({ ...forged, 'CF-Connecting-IP': '203.0.113.7' })).toBe('203.0.113.7');
  });
});
