import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** Describes the machine: its processor, system and memory. */
export const describeMachine = (): string => {
  const all = cpus();
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0);
  const model = all[0]?.model.trim() ?? 'unknown processor';
  return `${all.length} × ${model}, ${gigabytes} GB, ${process.platform} ${process.arch}`;
};

/** Says which stores are behind the gateways. */
export const describeStores = (): string => {
  const { DATABASE_URL, REDIS_URL } = process.env;
  return [
    DATABASE_URL ? 'a PostgreSQL server' : 'PGlite, embedded',
    REDIS_URL ? 'a Redis server' : 'a Redis in TypeScript, embedded',
  ].join('; ');
};

const ROOT = join(import.meta.dirname, '..');

const versionOf = (name: string): string => {
  const file = join(ROOT, 'node_modules', name, 'package.json');
  return `${name} ${JSON.parse(readFileSync(file, 'utf8')).version}`;
};

/** Says what runs, and what it is measured beside. */
export const describeVersions = (): string => {
  const { dependencies } = JSON.parse(
    readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'),
  ) as { dependencies: Record<string, string> };
  return [
    `Node ${process.versions.node}`,
    versionOf('workerd'),
    versionOf('hono'),
    ...Object.entries(dependencies).map(([name, version]) => `${name} ${version}`),
  ].join(', ');
};
