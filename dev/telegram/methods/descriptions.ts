import type { Params } from '../params.ts';
import type { Reply } from '../reply.ts';
import { badRequest, ok } from '../reply.ts';

/** https://core.telegram.org/bots/api#setmydescription: what an empty chat shows, and what the bot's profile shows; in characters. */
const LIMITS = { description: 512, short_description: 120 } as const;

type Kind = keyof typeof LIMITS;

/** What the bot says of itself, by kind and language. */
export type Descriptions = Map<string, string>;

/** setMyDescription and setMyShortDescription, for the given `language_code`. */
export const setDescription = (descriptions: Descriptions, kind: Kind, params: Params): Reply => {
  const text = params.get(kind) ?? '';
  if (text.length > LIMITS[kind]) return badRequest(`${kind.replace('_', ' ')} is too long`);
  descriptions.set(keyOf(kind, params), text);
  return ok(true);
};

/** getMyDescription and getMyShortDescription; never set means empty. */
export const getDescription = (descriptions: Descriptions, kind: Kind, params: Params): Reply => {
  return ok({ [kind]: descriptions.get(keyOf(kind, params)) ?? '' });
};

const keyOf = (kind: Kind, params: Params): string => {
  return `${kind} ${params.get('language_code') ?? ''}`;
};
