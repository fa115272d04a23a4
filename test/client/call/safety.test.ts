import { describe, expect, test } from 'vitest';
import { EMOJI } from '../../../client/src/call/emoji.ts';
import { fingerprintOf } from '../../../client/src/call/fingerprint.ts';
import type { SafetyEnds, SafetyMessage } from '../../../client/src/call/safety.ts';
import { commitTo, pickEmoji, SafetyExchange } from '../../../client/src/call/safety.ts';

const print = (byte: string) => `SHA-256 ${Array.from({ length: 32 }, () => byte).join(':')}`;
const [ANNA, BORIS, MIDDLE] = [print('AA'), print('BB'), print('CC')];

/** Each stays what it was: two versions of the client must show the same. */
const PICTURES =
  '🌈🌋🌍🌛🌞🌭🌮🌰🌲🌴🌵🌷🌹🌻🌽🌾🍀🍁🍄🍅🍆🍇🍈🍉🍊🍋🍌🍍🍎🍐🍑🍒' +
  '🍓🍔🍕🍖🍗🍙🍜🍞🍟🍣🍤🍦🍩🍪🍫🍬🍭🍯🍲🍳🍵🍷🍸🍺🍼🍾🍿🎀🎁🎂🎃🎄' +
  '🎆🎈🎒🎓🎠🎡🎢🎣🎤🎧🎨🎩🎪🎫🎬🎮🎯🎱🎲🎳🎵🎷🎸🎹🎺🎻🎾🎿🏀🏆🏈🏓' +
  '🏠🏥🏮🏰🏹🏺🐊🐌🐍🐏🐐🐔🐗🐘🐙🐚🐛🐜🐝🐞🐟🐡🐢🐣🐧🐨🐪🐬🐭🐮🐯🐰' +
  '🐱🐲🐳🐴🐵🐶🐷🐸🐹🐺🐻🐼👑👓👔👕👖👗👙👜👟👠👢💄💍💎💡💣💧💰💻📎' +
  '📕📞📢📱📷📺📻🔋🔍🔑🔔🔥🔦🔨🔮🗻🗽🚀🚁🚂🚌🚑🚒🚕🚚🚜🚢🚤🚦🚲🛫🛴' +
  '🛵🛷🛸🥁🥄🥊🥌🥐🥑🥓🥔🥕🥗🥚🥛🥜🥝🥤🥥🥦🥨🥪🥭🦁🦂🦃🦄🦆🦇🦈🦉🦊' +
  '🦋🦌🦎🦏🦒🦓🦔🦕🦗🦘🦙🦚🦛🦜🦢🦥🦩🧀🧂🧃🧄🧅🧣🧤🧩🧭🧲🧵🧶🧸🪀🪁';

const ends = (mine: string, theirs: string, commits: boolean): SafetyEnds => ({
  call: 'the-call',
  fingerprints: [mine, theirs],
  commits,
});

/** One side, and what it has said so far. */
const side = (given: SafetyEnds) => {
  const said: SafetyMessage[] = [];
  return { said, exchange: new SafetyExchange(given, (message) => said.push(message)) };
};

const last = (said: readonly SafetyMessage[]): SafetyMessage => {
  const message = said.at(-1);
  if (!message) throw new Error('Nothing was said');
  return message;
};

/** Plays the exchange to its end; returns what each of the two shows. */
const compare = async (committing: SafetyEnds, other: SafetyEnds) => {
  const [first, second] = [side(committing), side(other)];
  await first.exchange.begin();
  await second.exchange.hear(last(first.said));
  const shown = await first.exchange.hear(last(second.said));
  return [shown, await second.exchange.hear(last(first.said))];
};

describe('the safety emoji', () => {
  test('The table has 256 pictures of one code point each, and none of them twice', () => {
    expect(new Set(EMOJI).size).toBe(256);
    expect(EMOJI.join('')).toBe(PICTURES);
    expect(EMOJI.filter((one) => !/^\p{Emoji_Presentation}$/u.test(one))).toEqual([]);
  });

  test('Both sides show the same four, and other ones in the next connection', async () => {
    const [hers, his] = await compare(ends(ANNA, BORIS, true), ends(BORIS, ANNA, false));
    expect(hers).toHaveLength(4);
    expect(his).toEqual(hers);
    const again = await compare(ends(ANNA, BORIS, true), ends(BORIS, ANNA, false));
    expect(again[0]).not.toEqual(hers);
  });

  test('They differ when each side has the certificate of somebody in the middle', async () => {
    const shown = await compare(ends(ANNA, MIDDLE, true), ends(BORIS, MIDDLE, false));
    expect(shown[0]).toHaveLength(4);
    expect(shown[1]).not.toEqual(shown[0]);
  });

  test('Call, fingerprints and nonces all count, and the order of the sides does not', async () => {
    const nonces = ['1'.repeat(64), '2'.repeat(64)] as const;
    const pick = (call: string, prints: readonly [string, string], used = nonces) =>
      pickEmoji({ call, fingerprints: prints }, used).then((emoji) => emoji.join(''));
    const shown = await pick('call', [ANNA, BORIS]);
    expect(await pick('call', [BORIS, ANNA])).toBe(shown);
    const others = await Promise.all([
      pick('llac', [ANNA, BORIS]),
      pick('call', [ANNA, MIDDLE]),
      pick('call', [ANNA, BORIS], [nonces[1], nonces[0]]),
      pick('call', [ANNA, BORIS], [nonces[0], '3'.repeat(64)]),
    ]);
    expect(new Set([shown, ...others]).size).toBe(5);
  });

  test('A nonce that is not the one that was promised shows nothing, and no other is taken', async () => {
    const { said, exchange } = side(ends(BORIS, ANNA, false));
    const [promised, other] = ['1'.repeat(64), '2'.repeat(64)];
    await exchange.hear({ type: 'commit', hash: await commitTo(promised) });
    expect(last(said).type).toBe('nonce');
    expect(await exchange.hear({ type: 'reveal', nonce: other })).toBeUndefined();
    expect(await exchange.hear({ type: 'reveal', nonce: promised })).toBeUndefined();
  });

  test('Whoever answers late, twice or out of turn learns one nonce at most, and shows nothing', async () => {
    const { said, exchange } = side(ends(ANNA, BORIS, true));
    await exchange.begin();
    const promise = last(said);
    // A commit in place of a nonce: the nonce of this side stays its own.
    await exchange.hear({ type: 'commit', hash: '1'.repeat(64) });
    expect(await exchange.hear({ type: 'nonce', nonce: '2'.repeat(64) })).toBeUndefined();
    expect(said).toEqual([promise]);
  });

  test.each([
    ['a number', 7],
    ['nothing', undefined],
    ['upper case', 'A'.repeat(64)],
    ['a line more', `${'1'.repeat(64)}\n`],
  ])('A nonce that is %s is none', async (_, nonce) => {
    const { said, exchange } = side(ends(ANNA, BORIS, true));
    await exchange.begin();
    const message = { type: 'nonce', nonce } as unknown as SafetyMessage;
    expect(await exchange.hear(message)).toBeUndefined();
    expect(said.map(({ type }) => type)).toEqual(['commit']);
  });

  test('The nonce of this side sent back to it is refused', async () => {
    const { said, exchange } = side(ends(BORIS, ANNA, false));
    await exchange.hear({ type: 'commit', hash: '1'.repeat(64) });
    const own = last(said);
    const nonce = own.type === 'nonce' ? own.nonce : '';
    const mirrored = side(ends(BORIS, ANNA, false));
    await mirrored.exchange.hear({ type: 'commit', hash: await commitTo(nonce) });
    expect(await exchange.hear({ type: 'reveal', nonce })).toBeUndefined();
  });

  test('All fingerprints of a description count: one that is added shows', () => {
    const line = (byte: string) => `a=fingerprint:sha-256 ${byte}:01\r\n`;
    const one = fingerprintOf(`v=0\r\n${line('aa')}m=audio\r\n${line('aa')}`);
    expect(one).toBe('SHA-256 AA:01');
    expect(fingerprintOf(`v=0\r\n${line('aa')}m=audio\r\n${line('bb')}`)).not.toBe(one);
    expect(fingerprintOf('v=0\r\n')).toBeUndefined();
    expect(fingerprintOf(undefined)).toBeUndefined();
  });
});
