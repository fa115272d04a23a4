import type { Params } from '../params.ts';
import type { Reply } from '../reply.ts';
import { badRequest, ok } from '../reply.ts';

/**
 * The longest text of an empty chat, and that of the bot's profile, in characters
 * (https://core.telegram.org/bots/api#setmydescription).
 */
const LIMITS = { description: 512, short_description: 120 } as const;

type Kind = keyof typeof LIMITS;

/** The bot's descriptions by kind and language. */
export type Descriptions = Map<string, string>;

/** Runs setMyDescription and setMyShortDescription for the given `language_code`. */
export const setDescription = (descriptions: Descriptions, kind: Kind, params: Params): Reply => {
  const text = params.get(kind) ?? '';
  if (text.length > LIMITS[kind]) return badRequest(`${kind.replace('_', ' ')} is too long`);
  descriptions.set(keyOf(kind, params), text);
  return ok(true);
};

/** Runs getMyDescription and getMyShortDescription; a text that was never set is empty. */
export const getDescription = (descriptions: Descriptions, kind: Kind, params: Params): Reply => {
  return ok({ [kind]: descriptions.get(keyOf(kind, params)) ?? '' });
};

const keyOf = (kind: Kind, params: Params): string => {
  return `${kind} ${params.get('language_code') ?? ''}`;
};
