import { describe, expect, test } from 'vitest';
import type { Person } from '../../../src/calls/people.ts';
import { findRecipients, parseRecipients } from '../../../src/calls/people.ts';

const person = (user: string, username = '', displayName = '') => ({
  user,
  username,
  displayName,
  hasBlockedCaller: false,
  hasPush: false,
});
const shown = ({ hasBlockedCaller: _, hasPush: __, ...profile }: Person) => profile;
const anna = person('11111111-1111-4111-8111-111111111111', 'anna', 'Анна');
const boris = person('22222222-2222-4222-8222-222222222222', 'Boris');
const nameless = person('33333333-3333-4333-8333-333333333333');
const people = [anna, boris, nameless];

describe('who is called', () => {
  test.each([
    ['an id', boris.user],
    ['a username', 'boris'],
    ['a username with @', '@boris'],
    ['a username in another case', '@BORIS'],
  ])('a callee can be named by %s', (_, to) => {
    expect(findRecipients(people, anna.user, [to])).toEqual({
      ok: true,
      caller: shown(anna),
      callees: [shown(boris)],
      unheard: [],
      push: [],
    });
  });

  test('several callees count once each, however often and however they are named', () => {
    const to = [boris.user, '@boris', nameless.user, 'Boris'];
    expect(findRecipients(people, anna.user, to)).toEqual({
      ok: true,
      caller: shown(anna),
      callees: [shown(boris), shown(nameless)],
      unheard: [],
      push: [],
    });
  });

  test('[M42] who has blocked the caller is called like others, and named as unheard', () => {
    const blocker = { ...boris, hasBlockedCaller: true };
    expect(findRecipients([anna, blocker, nameless], anna.user, ['boris', nameless.user])).toEqual({
      ok: true,
      caller: shown(anna),
      callees: [shown(boris), shown(nameless)],
      unheard: [boris.user],
      push: [],
    });
  });

  test('[P4] who has subscribed to pushes is named, unless they have blocked the caller', () => {
    const pushed = { ...nameless, hasPush: true };
    const blocker = { ...boris, hasPush: true, hasBlockedCaller: true };
    const found = findRecipients([anna, blocker, pushed], anna.user, ['boris', nameless.user]);
    expect(found).toMatchObject({ unheard: [boris.user], push: [nameless.user] });
  });

  test.each([['@anna'], [anna.user], ['ANNA']])('the caller is never a callee: %s', (to) => {
    expect(findRecipients(people, anna.user, [boris.user, to])).toEqual({
      ok: false,
      reason: 'call_to_oneself',
    });
  });

  test.each([
    ['@nobody'],
    [''],
    ['@'],
    [`@${boris.user}`],
    ['44444444-4444-4444-8444-444444444444'],
  ])('%j is not found, since a callee has to exist', (to) => {
    expect(findRecipients([anna, boris], anna.user, [boris.user, to])).toEqual({
      ok: false,
      reason: 'user_not_found',
    });
  });

  test('a caller who was deleted calls nobody', () => {
    expect(findRecipients([boris], anna.user, ['@boris'])).toEqual({
      ok: false,
      reason: 'user_not_found',
    });
  });
});

test('what begins with @ is no id, and everything can be a username', () => {
  expect(parseRecipients(['@Anna', boris.user])).toEqual({
    ids: [boris.user],
    usernames: ['anna', boris.user],
  });
});
