import * as z from 'zod';
import type { Language } from '../contract/errors.ts';
import { toLanguage } from '../contract/errors.ts';

/* What Postgres holds of numbers and the chats that they are linked to, and how rows are read. */

/** What Postgres knows of a phone number. */
export interface KnownPhone {
  /** The user with this number, if there is one. */
  readonly userId: string | undefined;
  /** The private chat that its codes go to, if it is linked and the bot is not blocked. */
  readonly chatId: number | undefined;
  /** The language of the person in that chat. */
  readonly language: Language;
}

/** What Postgres knows of a phone number after a change. */
export interface ChangedPhone extends KnownPhone {
  /** The chat that it was linked to before, if the change can tell. */
  readonly previousChatId?: number | undefined;
}

/** What Postgres knows of some phone numbers after a change of them. */
export interface PhoneChange {
  readonly known: ReadonlyMap<string, ChangedPhone>;
}

const FormerChat = z
  .object({ chatId: z.int(), language: z.string().nullable(), proved: z.boolean() })
  .transform(({ language, ...chat }) => ({ ...chat, language: toLanguage(language) }));

/** The chat that a number was linked to before another; `proved`: its person proved the number. */
export type FormerChat = z.output<typeof FormerChat>;

/** A number, and the private chat that its codes shall go to. */
export interface NewLink {
  readonly phone: string;
  readonly chatId: number;
  /** The language of the person in that chat, if it is known. */
  readonly language: Language | null;
  /** Whether the person in that chat proved the number to be theirs. */
  readonly proved: boolean;
}

/** A link of a chat whose number has changed, with the other numbers that the chat is linked to. */
export type ReplacingLink = NewLink & { readonly former: readonly string[] };

/** Some links of a chat. */
export interface ChatPhones {
  readonly chatId: number;
  readonly phones: readonly string[];
}

/** A number that a chat is linked to. */
export interface ChatLink {
  readonly phone: string;
  readonly userId: string | undefined;
  /** Whether the link rests, since the person had blocked the bot. */
  readonly blocked: boolean;
  /** Whether the chat is told of missed calls. */
  readonly hearsOfCalls: boolean;
}

/** What became of the links of a chat whose number has changed. */
export interface ReplacedLinks extends PhoneChange {
  /** Whether the account of the former number has the new one. */
  readonly moved: boolean;
  readonly formerChat: FormerChat | undefined;
}

const Row = z.object({
  userId: z.string().nullable(),
  chatId: z.coerce.number().int().nullable(),
  language: z.string().nullable(),
  previousChatId: z.coerce.number().int().nullish(),
});

const toChangedPhone = (row: z.output<typeof Row>): ChangedPhone => ({
  userId: row.userId ?? undefined,
  chatId: row.chatId ?? undefined,
  language: toLanguage(row.language),
  previousChatId: row.previousChatId ?? undefined,
});

/** Reads the one row about one number. */
export const parsePhone = (rows: unknown): ChangedPhone =>
  toChangedPhone(z.tuple([Row]).parse(rows)[0]);

const Rows = z.array(Row.extend({ phone: z.string() }));

/** Reads a row for each number. */
export const parsePhones = (rows: unknown): PhoneChange['known'] =>
  new Map(Rows.parse(rows).map((row) => [row.phone, toChangedPhone(row)]));

const FormerChatRows = z.array(z.object({ formerChat: FormerChat.nullish() }));

/** Reads the former chat that one of the rows may hold. */
export const parseFormerChat = (rows: unknown): FormerChat | undefined =>
  FormerChatRows.parse(rows).flatMap(({ formerChat }) => formerChat ?? [])[0];
