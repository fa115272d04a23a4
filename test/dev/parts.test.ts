import { expect, test } from 'vitest';
import { Parts } from '../../dev/parts.ts';

/** Parts that write down who was closed; one of them fails. */
const setUp = async () => {
  const parts = new Parts();
  const closed: string[] = [];
  const part = (name: string) => ({
    close: async () => {
      closed.push(name);
      if (name === 'The broken one') throw new Error('no way');
    },
  });
  const keep = (name: string) => parts.keep(name, Promise.resolve(part(name)));
  await keep('The first');
  await keep('The broken one');
  await keep('The last');
  return { parts, closed, keep };
};

test('a part that fails to end keeps no other from its end, and is told', async () => {
  const { parts, closed } = await setUp();
  expect(await parts.close()).toEqual(['The broken one did not end cleanly: Error: no way']);
  expect(closed).toEqual(['The first', 'The broken one', 'The last']);
});

test('a part that is there only after the end began is ended at once', async () => {
  const { parts, closed, keep } = await setUp();
  await parts.close();
  await keep('The late one');
  expect(closed.at(-1)).toBe('The late one');
});

test('a part that could not be started is nobody’s to end', async () => {
  const parts = new Parts();
  await expect(parts.keep('The one', Promise.reject(new Error('no port')))).rejects.toThrow(
    'no port',
  );
  expect(await parts.close()).toEqual([]);
});
