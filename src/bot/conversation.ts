import type { Context } from 'grammy';
import { Composer } from 'grammy';
import type { Text } from '../contract/errors.ts';
import { maskPhone } from '../platform/phone.ts';
import type { Around } from '../platform/retry.ts';
import { REVOKE_DATA } from '../session/alert.ts';
import type { Services } from '../session/services.ts';
import { closeSockets } from '../session/sockets.ts';
import type { ChatLink } from '../telegram/store.ts';
import { setMissedCalls } from '../telegram/store.ts';
import * as texts from '../telegram/texts.ts';
import { ownPhone } from './contact.ts';
import { linkContact, unlinkChat } from './linking.ts';
import type { Chat, Speech } from './speech.ts';
import { button, NO_BUTTONS, shareButton } from './speech.ts';

/** What the bot works with while it does one update. */
export interface Conversation extends Speech, Around {
  readonly services: Services;
  /** The links of the chat that the update comes from, none of which rests any more. */
  readonly links: readonly ChatLink[];
}

const phonesOf = (links: readonly ChatLink[]) => links.map(({ phone }) => phone);

const hearsOfCalls = (links: readonly ChatLink[]) => links.some((link) => link.hearsOfCalls);

const masked = (phones: readonly string[]): string => phones.map(maskPhone).join(', ');

const unlink = async ({ services, log, links }: Conversation, { from }: Chat) => {
  const phones = phonesOf(links);
  await unlinkChat(services, log, { chatId: from.id, phones });
  return phones.length > 0 ? texts.UNLINKED(masked(phones)) : texts.NOT_LINKED;
};

/** What people write: `/start` with its deep links, `/phone`, `/calls`, `/unlink`, `/help`, and everything else. */
export const commands = (conversation: Conversation): Composer<Context> => {
  const { say, links } = conversation;
  const phones = phonesOf(links);
  const composer = new Composer();
  const text = composer.on('message:text');

  text.hears(/^\/(help|start\s+help)\b/, (ctx) => say(ctx, texts.HELP));

  text.hears(/^\/unlink\b/, async (ctx) => say(ctx, await unlink(conversation, ctx), NO_BUTTONS));

  // A link on any web page can lead here, so this asks first.
  text.hears(/^\/start\s+unlink\b/, (ctx) => {
    if (phones.length === 0) return say(ctx, texts.NOT_LINKED);
    return say(ctx, texts.ASK_UNLINK(masked(phones)), button(ctx, texts.UNLINK, 'unlink'));
  });

  text.hears(/^\/calls\b/, (ctx) => {
    if (links.length === 0) return say(ctx, texts.NOT_LINKED);
    return hearsOfCalls(links)
      ? say(ctx, texts.CALLS_ON, button(ctx, texts.STOP_CALLS, 'calls:off'))
      : say(ctx, texts.CALLS_OFF, button(ctx, texts.START_CALLS, 'calls:on'));
  });

  text.hears(/^\/(start|phone)\b/, (ctx) => {
    if (phones.length === 0) return say(ctx, texts.WELCOME, shareButton(ctx));
    if (ctx.match[1] === 'start') return say(ctx, texts.ALREADY(masked(phones)), NO_BUTTONS);
    return say(ctx, texts.CHANGED(masked(phones)), shareButton(ctx));
  });

  text.use((ctx) => say(ctx, texts.HELP));
  return composer;
};

/** Two texts in one message. */
const both = (one: Text, other: Text): Text => ({
  ru: `${one.ru}\n\n${other.ru}`,
  en: `${one.en}\n\n${other.en}`,
});

/** What is said to a contact that is not taken. */
const REFUSED = {
  not_yours: texts.NOT_YOURS,
  not_served: texts.NOT_SERVED,
  unreadable: texts.UNREADABLE,
};

/** Contacts that people share: their own is linked, nobody else's. */
export const contacts = (conversation: Conversation): Composer<Context> => {
  const { services, log, later, say, links } = conversation;
  const around = { log, later };
  const composer = new Composer();
  composer.on('message:contact', async (ctx) => {
    const own = ownPhone(ctx.message, services.settings.PHONE_COUNTRIES);
    if (!own.ok) {
      log.info('bot.contact_refused', { reason: own.reason });
      return say(ctx, REFUSED[own.reason], shareButton(ctx));
    }
    const { phone } = own;
    const language = texts.languageOf(ctx.from.language_code);
    const link = { phone, chatId: ctx.from.id, language, proved: true };
    const former = phonesOf(links).filter((other) => other !== phone);
    const { outcome, ended } = await linkContact(services, around, { ...link, former });
    const told = { linked: texts.LINKED, moved: texts.MOVED, replaced: texts.REPLACED }[outcome];
    const said = told(maskPhone(phone), masked(former));
    const all = ended > 0 ? both(said, texts.ENDED(String(ended))) : said;
    return say(ctx, all, NO_BUTTONS);
  });
  return composer;
};

/** Buttons that people press: `unlink`, `calls:on` and `calls:off`, and `revoke:<sid>` under the word of a sign-in (session/alert.ts). */
export const presses = (conversation: Conversation): Composer<Context> => {
  const { services, log, later, answer, links } = conversation;
  const composer = new Composer();

  composer.callbackQuery('unlink', async (ctx) => {
    const done = links.length === 0 && { notice: texts.ALREADY_UNLINKED };
    return answer(ctx, { message: await unlink(conversation, ctx), ...done });
  });

  composer.callbackQuery(/^calls:(on|off)$/, async (ctx) => {
    const told = ctx.match[1] === 'on';
    const done = links.length > 0 && hearsOfCalls(links) === told && { notice: texts.ALREADY_SO };
    const linked = await setMissedCalls(services.db, ctx.from.id, told);
    const now = told ? texts.CALLS_ON : texts.CALLS_OFF;
    return answer(ctx, { message: linked ? now : texts.NOT_LINKED, ...done });
  });

  // Whose chat it is decides whose session ends, so a button that somebody made up ends none but their own.
  composer.callbackQuery(REVOKE_DATA, async (ctx) => {
    const sid = String(ctx.match[1]);
    const end = async (userId: string) => {
      const ended = await services.sessions.revoke(userId, sid);
      closeSockets(services, later, userId, [sid]);
      return ended;
    };
    const users = links.flatMap(({ userId }) => userId ?? []);
    const outcomes = await Promise.all(users.map(end));
    const ended = outcomes.includes('ended');
    log.info('bot.revoked', { ended });
    if (ended) return answer(ctx, { message: texts.SESSION_ENDED });
    return outcomes.includes('already')
      ? answer(ctx, { message: texts.SESSION_ENDED, notice: texts.ALREADY_ENDED })
      : answer(ctx, { notice: texts.NO_SESSION });
  });

  composer.on('callback_query:data', (ctx) => answer(ctx, { notice: texts.OLD_BUTTON }));
  return composer;
};
