import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** A database of its own on a given server. */
export interface ScratchDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * Makes an empty database on the server of `serverUrl`, so that tests never touch what is there.
 */
export const createScratchDatabase = async (serverUrl: string): Promise<ScratchDatabase> => {
  const name = `aist_test_${randomBytes(6).toString('hex')}`;
  const run = async (statement: string) => {
    const client = new Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await run(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`drop database ${name} with (force)`) };
};
