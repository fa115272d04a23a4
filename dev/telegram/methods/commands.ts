import * as z from 'zod';
import type { Params } from '../params.ts';
import { json } from '../params.ts';
import type { Reply } from '../reply.ts';
import { badRequest, ok } from '../reply.ts';

const commandsSchema = z.array(z.object({ command: z.string(), description: z.string() })).max(100);
type Command = z.infer<typeof commandsSchema>[number];

/** The bot's command lists, one for each scope and language. */
export type CommandLists = Map<string, Command[]>;

/**
 * Runs setMyCommands for the given `scope` and `language_code`. Names have 1–32 of a–z, 0–9 and _,
 * descriptions 1–256 characters.
 */
export const setMyCommands = (lists: CommandLists, params: Params): Reply => {
  const parsed = commandsSchema.safeParse(json(params, 'commands'));
  if (!parsed.success) return badRequest("can't parse commands JSON object");
  for (const { command, description } of parsed.data) {
    if (!/^[a-z0-9_]{1,32}$/.test(command)) return badRequest('BOT_COMMAND_INVALID');
    if (description === '' || description.length > 256)
      return badRequest('BOT_COMMAND_DESCRIPTION_INVALID');
  }
  lists.set(keyOf(params), parsed.data);
  return ok(true);
};

/** Runs getMyCommands for exactly that scope and language; a list that was never set is empty. */
export const getMyCommands = (lists: CommandLists, params: Params): Reply => {
  return ok(lists.get(keyOf(params)) ?? []);
};

const keyOf = (params: Params): string => {
  const scope = json(params, 'scope') ?? { type: 'default' };
  return `${JSON.stringify(scope)} ${params.get('language_code') ?? ''}`;
};
