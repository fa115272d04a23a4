import { describe, expect, test } from 'vitest';
import { describeIceUriFaults, findIceUriFault } from '../../../src/platform/ice-uris.ts';
import { parseSettings } from '../../../src/platform/settings.ts';

const REQUIRED = {
  DATABASE_URL: 'postgresql://user:password@db.example.com/aist',
  UPSTASH_REDIS_REST_URL: 'https://redis.example.com',
  UPSTASH_REDIS_REST_TOKEN: 'x'.repeat(40),
  JWT_SECRET: 'x'.repeat(40),
  CODE_SECRET: 'x'.repeat(40),
  TELEGRAM_BOT_TOKEN: '1000:local',
};

describe('the URI of an ICE server', () => {
  test.each([
    'stun:stun.example',
    'stun:stun.example:3478',
    'stuns:stun.example:5349',
    'stun:192.0.2.1:1',
    'stun:[2001:db8::1]',
    'stun:[::ffff:192.0.2.1]:65535',
    'turn:turn.example',
    'turn:turn.example:3478?transport=udp',
    'turn:[2001:db8::1]:3478?transport=tcp',
    'turns:turn.example:443?transport=tcp',
    'turn:xn--e1afmkfd.example',
    'turn:my_host',
  ])('[C32] %s is taken', (uri) => {
    expect(findIceUriFault(uri.startsWith('stun') ? 'stun' : 'turn', uri)).toBeUndefined();
  });

  test.each([
    ['stun:h?transport=udp', 'query'],
    ['stun:h?', 'query'],
    ['stun:h:65536', 'port'],
    ['stun:h:0', 'port'],
    ['stun:h:', 'port'],
    ['stun:h:port', 'host:port'],
    ['stun:h:3478:3478', 'host:port'],
    ['stun:user@h', 'user'],
    ['turn:user:password@h:3478', 'user'],
    ['stun:2001:db8::1', 'brackets'],
    ['turn:::1', 'brackets'],
    ['stun:[2001:db8::1', 'brackets'],
    ['stun:[2001::db8::1]', 'host'],
    ['stun:[h]', 'brackets'],
    ['stun:300.1.1.1', 'host'],
    ['stun:', 'host'],
    ['stun::3478', 'host'],
    ['stun://h', 'begin'],
    ['STUN:h', 'begin'],
    ['turn:h', 'begin', 'stun'],
    ['stun:h', 'begin', 'turn'],
    ['h:3478', 'begin'],
    ['stun:h/path', 'host'],
    ['stun:h#part', 'host'],
    ['stun:h h', 'host'],
    ['turn:h?transport=sctp', 'transport'],
    ['turn:h?transport=UDP', 'transport'],
    ['turn:h?transport=', 'transport'],
    ['turn:h?transport=udp&x=1', 'transport'],
    ['turns:h?transport=tls', 'transport'],
    ['turn:h?x=1', 'transport'],
  ] as const)(
    '[C32] %s is refused',
    (uri, why, scheme = uri.startsWith('turn') ? 'turn' : 'stun') => {
      expect(findIceUriFault(scheme, uri)).toContain(why);
      const name = scheme === 'stun' ? 'STUN_URLS' : 'TURN_URLS';
      const others = scheme === 'stun' ? {} : { TURN_SECRET: 'x'.repeat(32) };
      const parse = () => parseSettings({ ...REQUIRED, ...others, [name]: uri });
      expect(parse).toThrow(name);
    },
  );

  test('[C32] a wrong URI is named, without what may be a secret', () => {
    const uris = ['turn:fine', 'turn:user:hunter2@h', 'turn:h:0', 'hunter2'];
    const described = describeIceUriFaults('turn', uris);
    expect(described).toEqual([
      'number 2, turn:…@h: it must name no user',
      'number 3, turn:h:0: its port must be 1 to 65535',
      'number 4: it must begin with turn: or turns: and a host',
    ]);
  });
});
