import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { reasonOf } from '../reason.ts';
import type { Chats, KeptChats, PhoneChat } from './chats.ts';

/** How long after a message it is written, in milliseconds; SIGKILL can lose that much. */
const DELAY_MS = 500;

/** The checked part of a chat; the rest is as the stand-in itself has written it. */
const Core = z.object({
  id: z.int().positive(),
  firstName: z.string(),
  messages: z.array(z.object({})),
});
const isChat = (value: unknown): boolean => Core.safeParse(value).success;

const Kept = z.object({
  lastMessageId: z.int().nonnegative(),
  chats: z.array(z.custom<PhoneChat>(isChat)),
});

/** Reads the file, if there is one. */
const readKept = (file: string): KeptChats | undefined => {
  if (!existsSync(file)) return undefined;
  try {
    return Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const why = 'Delete it: then chats begin anew, and their ids may be linked to others.';
    throw new Error(`${file} is damaged. ${why}`, { cause });
  }
};

/**
 * Keeps the chats in a file, so that each is the same person's after a restart: links to chats
 * outlive the process, too. A new chat is written at once.
 *
 * @returns a function that writes the rest at the end
 */
export const keepChats = (chats: Chats, file: string): (() => void) => {
  const kept = readKept(file);
  if (kept) chats.restore(kept);
  const known = new Map(chats.list().map((chat) => [chat.id, ownerOf(chat)]));
  let timer: NodeJS.Timeout | undefined;
  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    try {
      writeFileSync(`${file}.new`, JSON.stringify(chats.state()), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      console.error(`${file} could not be written: ${reasonOf(error)}`);
    }
  };
  const unsubscribe = chats.subscribe((chat) => {
    const isNew = known.get(chat.id) !== ownerOf(chat);
    known.set(chat.id, ownerOf(chat));
    if (isNew) save();
    else timer ??= setTimeout(save, DELAY_MS);
  });
  return () => {
    unsubscribe();
    if (timer) save();
  };
};

/** Says whose phone a chat is on. */
const ownerOf = ({ phone, language }: PhoneChat): string => JSON.stringify([phone, language]);
