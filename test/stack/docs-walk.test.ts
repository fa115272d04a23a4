import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sql } from '../support/chats/chats.ts';
import { freshPhone } from '../support/fresh.ts';
import { stack } from '../support/stack.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'chats.md'), 'utf8');
const blocks = Array.from(page.matchAll(/^```sh\n([\s\S]*?)^```$/gm), ([, block = '']) => block);

/** Ends what a block prints, so that it can be told from that of the next. */
const END = '--- the end of a block ---';

test('the commands of docs/chats.md do what it says, one after another', async () => {
  const script = blocks
    .join(`echo; echo '${END}'\n`)
    .replace('http://127.0.0.1:8787', stack.apiUrl)
    .replace('+79990000001', freshPhone())
    .replace('+79990000002', freshPhone())
    .replaceAll('boris_of_the_walk', `walk_${Date.now()}`);
  const printed = execFileSync('sh', ['-eu', '-c', script], { encoding: 'utf8' });
  const [, , sent = '', pages = '', read = '', changed = '', attached = '', synced = ''] = printed
    .split(END)
    .map((part) => part.trim());
  expect(JSON.parse(sent)).toMatchObject({ fromMe: true, text: 'Привет!', seq: 1 });
  const { clientId, ...seen } = { ...JSON.parse(sent), fromMe: false };
  expect([clientId, pages]).toEqual(['walk-1', `[${JSON.stringify(seen)}]`.repeat(2)]);
  expect(JSON.parse(read)).toEqual({ readSeq: 1, unread: 0 });
  expect(changed).toMatch(/"text":"Привет, Борис!".*"deleted":true/);
  expect(JSON.parse(attached)).toMatchObject({ seq: 2, attachment: { type: 'image' } });
  expect(JSON.parse(synced)).toMatchObject({
    reset: expect.any(Boolean),
    next: expect.any(String),
  });
  const { id } = JSON.parse(sent);
  expect(await sql`select text from messages where id = ${id}`).toEqual([{ text: '' }]);
});
