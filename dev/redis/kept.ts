import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { RedisEngine } from './engine.ts';

/** How long after a command its effect is written, in milliseconds; SIGKILL can lose that much. */
const DELAY_MS = 500;

/** The content of the file: for each key a hash, and when it expires in milliseconds since 1970. */
const Kept = z.record(z.string(), z.object({ expiresAt: z.number(), fields: z.array(z.string()) }));

/**
 * Keeps the hashes whose keys match a pattern in a file, so that an engine in memory has them again
 * after a restart. A damaged file counts as none.
 *
 * @param pattern a pattern of KEYS, such as `sessions:*`
 */
export const keepHashes = async (
  engine: RedisEngine,
  pattern: string,
  file: string,
): Promise<RedisEngine> => {
  let written = '';
  let timer: NodeJS.Timeout | undefined;

  const save = async () => {
    const keys = toTexts(await engine.run(['KEYS', pattern])).sort();
    const kept: z.output<typeof Kept> = {};
    for (const key of keys) {
      const ttl = Number(await engine.run(['PTTL', key]));
      const fields = toTexts(await engine.run(['HGETALL', key]));
      // Times are rounded to the second, so that the file changes only when the hashes do.
      kept[key] = { expiresAt: Math.round((Date.now() + ttl) / 1_000) * 1_000, fields };
    }
    const text = JSON.stringify(kept);
    if (text === written) return;
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    written = text;
  };

  for (const [key, { expiresAt, fields }] of Object.entries(readKept(file))) {
    if (expiresAt <= Date.now() || fields.length === 0) continue;
    await engine.run(['HSET', key, ...fields]);
    await engine.run(['PEXPIREAT', key, String(expiresAt)]);
  }

  const saveSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      save().catch((error: Error) =>
        console.error(`${file} could not be written: ${error.message}`),
      );
    }, DELAY_MS);
  };
  return {
    run: (command) => engine.run(command).finally(saveSoon),
    multi: (commands) => engine.multi(commands).finally(saveSoon),
    async close() {
      clearTimeout(timer);
      await save();
      await engine.close();
    },
  };
};

const readKept = (file: string): z.output<typeof Kept> => {
  if (!existsSync(file)) return {};
  try {
    return Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
};

const toTexts = (reply: unknown): string[] => {
  return Array.isArray(reply) ? reply.map(String) : [];
};
