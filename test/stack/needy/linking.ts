import { neon } from '@neondatabase/serverless';
import { expect } from 'vitest';
import type { Answer, Api } from '../../support/client.ts';
import { freshPhone } from '../../support/fresh.ts';
import { messageUpdate, ownContact, postUpdate } from '../../support/person.ts';
import { freshChat } from '../../support/sign-in.ts';
import { stack } from '../../support/stack.ts';
import type { Step } from './steps.ts';
import { ok } from './steps.ts';

const sql = neon(String(stack.settings.DATABASE_URL));

const chatOf = async (phone: string) =>
  (await sql`select chat_id from telegram_links where phone = ${phone}`)[0]?.chat_id;

/** Links a number, by a request that can be made again. */
export const linking =
  (send: (api: Api, phone: string, chat: number) => Promise<Answer>) => async (): Promise<Step> => {
    const [phone, chat] = [freshPhone(), freshChat()];
    const update = messageUpdate(chat, ownContact(chat, phone));
    const request = (api: Api) =>
      send === shareContact ? postUpdate(api, update) : send(api, phone, chat);
    return {
      send: request,
      works: async (api) => {
        expect(await chatOf(phone)).toBeUndefined();
        await ok(request(api));
        expect(await chatOf(phone)).toBe(String(chat));
      },
    };
  };

/** Links by the bot, when a person shares a contact. */
export const shareContact = (api: Api, phone: string, chat: number) =>
  postUpdate(api, messageUpdate(chat, ownContact(chat, phone)));

/** Links by the request that other bots make. */
export const linkByBot = (api: Api, phone: string, chat: number) =>
  api.post(
    '/api/internal/link-telegram',
    { phone, chat_id: chat },
    { headers: { 'X-Link-Secret': String(stack.settings.TELEGRAM_LINK_SECRET) } },
  );
