import type { Context } from 'grammy';
import { Composer } from 'grammy';
import { maskPhone } from '../phone.ts';
import type { Services } from '../services.ts';
import { REVOKE_DATA } from '../session/alert.ts';
import { closeSockets } from '../session/sockets.ts';
import type { Around } from '../undo.ts';
import { ownPhone } from './contact.ts';
import { linkContact, unlinkChat } from './linking.ts';
import type { Chat, Speech } from './speech.ts';
import { button, NO_BUTTONS, shareButton } from './speech.ts';
import { hearsOfMissedCalls, phonesOfChat, setMissedCalls, usersOfChat } from './store.ts';
import * as texts from './texts.ts';

/** What the bot works with while it does one update. */
export interface Conversation extends Speech, Around {
  readonly services: Services;
}

const masked = (phones: readonly string[]): string => phones.map(maskPhone).join(', ');

const unlink = async ({ services, log }: Conversation, { from }: Chat) => {
  const phones = await unlinkChat(services, log, from.id);
  return phones.length > 0 ? texts.UNLINKED(masked(phones)) : texts.NOT_LINKED;
};

/** What people write: `/start` with its deep links, `/phone`, `/calls`, `/unlink`, `/help`, and everything else. */
export const commands = (conversation: Conversation): Composer<Context> => {
  const { say, services } = conversation;
  const composer = new Composer();
  const text = composer.on('message:text');

  text.hears(/^\/(help|start\s+help)\b/, (ctx) => say(ctx, texts.HELP));

  text.hears(/^\/unlink\b/, async (ctx) => say(ctx, await unlink(conversation, ctx), NO_BUTTONS));

  // A link on any web page can lead here, so this asks first.
  text.hears(/^\/start\s+unlink\b/, async (ctx) => {
    const phones = await phonesOfChat(services.db, ctx.from.id);
    if (phones.length === 0) return say(ctx, texts.NOT_LINKED);
    return say(ctx, texts.ASK_UNLINK(masked(phones)), button(ctx, texts.UNLINK, 'unlink'));
  });

  text.hears(/^\/calls\b/, async (ctx) => {
    const told = await hearsOfMissedCalls(services.db, ctx.from.id);
    if (told === undefined) return say(ctx, texts.NOT_LINKED);
    return told
      ? say(ctx, texts.CALLS_ON, button(ctx, texts.STOP_CALLS, 'calls:off'))
      : say(ctx, texts.CALLS_OFF, button(ctx, texts.START_CALLS, 'calls:on'));
  });

  text.hears(/^\/(start|phone)\b/, async (ctx) => {
    const phones = await phonesOfChat(services.db, ctx.from.id);
    if (phones.length === 0) return say(ctx, texts.WELCOME, shareButton(ctx));
    if (ctx.match[1] === 'start') return say(ctx, texts.ALREADY(masked(phones)), NO_BUTTONS);
    return say(ctx, texts.CHANGED(masked(phones)), shareButton(ctx));
  });

  text.use((ctx) => say(ctx, texts.HELP));
  return composer;
};

/** Contacts that people share: their own is linked, nobody else's. */
export const contacts = ({ services, log, say }: Conversation): Composer<Context> => {
  const composer = new Composer();
  composer.on('message:contact', async (ctx) => {
    const own = ownPhone(ctx.message, services.settings.PHONE_COUNTRIES);
    if (!own.ok) {
      log.info('bot.contact_refused', { reason: own.reason });
      return say(ctx, own.reason === 'not_yours' ? texts.NOT_YOURS : texts.NOT_SERVED, shareButton(ctx));
    }
    const { phone } = own;
    const language = texts.languageOf(ctx.from.language_code);
    const { outcome, former } = await linkContact(services, log, {
      phone,
      chatId: ctx.from.id,
      language,
      proved: true,
    });
    const told = { linked: texts.LINKED, moved: texts.MOVED, replaced: texts.REPLACED }[outcome];
    return say(ctx, told(maskPhone(phone), masked(former)), NO_BUTTONS);
  });
  return composer;
};

/** Buttons that people press: `unlink`, `calls:on` and `calls:off`, and `revoke:<sid>` under the word of a sign-in (session/alert.ts). */
export const presses = (conversation: Conversation): Composer<Context> => {
  const { services, log, later, answer } = conversation;
  const composer = new Composer();

  composer.callbackQuery('unlink', async (ctx) => answer(ctx, { message: await unlink(conversation, ctx) }));

  composer.callbackQuery(/^calls:(on|off)$/, async (ctx) => {
    const told = ctx.match[1] === 'on';
    const linked = await setMissedCalls(services.db, ctx.from.id, told);
    const now = told ? texts.CALLS_ON : texts.CALLS_OFF;
    return answer(ctx, { message: linked ? now : texts.NOT_LINKED });
  });

  // Whose chat it is decides whose session ends, so a button that somebody made up ends none but their own.
  composer.callbackQuery(REVOKE_DATA, async (ctx) => {
    const sid = String(ctx.match[1]);
    const users = await usersOfChat(services.db, ctx.from.id);
    const end = async (userId: string) => {
      const ended = await services.sessions.revoke(userId, sid);
      closeSockets(services, later, userId, [sid]);
      return ended;
    };
    const ended = (await Promise.all(users.map(end))).includes(true);
    log.info('bot.revoked', { ended });
    return answer(ctx, ended ? { message: texts.SESSION_ENDED } : { notice: texts.NO_SESSION });
  });

  composer.on('callback_query:data', (ctx) => answer(ctx, { notice: texts.OLD_BUTTON }));
  return composer;
};
