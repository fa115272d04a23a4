import type { SessionStorage } from '../options.ts';

/** Reads what the storage has; anybody may have written it. Null when it is nothing or damaged. */
export const readKept = async (storage: SessionStorage, key: string): Promise<unknown> => {
  const json = await storage.get(key);
  try {
    return JSON.parse(json ?? 'null');
  } catch {
    return null;
  }
};

/** Keeps a list or an object, unless it is empty. */
export const keep = async (storage: SessionStorage, key: string, value: object): Promise<void> => {
  const isEmpty = Object.keys(value).length === 0;
  await storage.set(key, isEmpty ? null : JSON.stringify(value));
};

/** Whether something that was read is a text. */
export const isText = (value: unknown): value is string => typeof value === 'string';
