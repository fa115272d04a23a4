import type { Context } from 'grammy';
import { Composer } from 'grammy';
import { replaceWaitingCode } from '../auth/waiting-code.ts';
import type { Text } from '../contract/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { maskPhone } from '../platform/phone.ts';
import { REVOKE_DATA } from '../session/alert.ts';
import { disconnectSessions } from '../session/disconnect.ts';
import type { Services } from '../session/services.ts';
import { unlinkChat } from '../telegram/links.ts';
import type { ChatLink } from '../telegram/records.ts';
import { codeMessage } from '../telegram/sign-in-messages.ts';
import * as texts from '../telegram/texts.ts';
import { ownPhone } from './contact.ts';
import { linkContact } from './linking.ts';
import type { Chat, Speech } from './speech.ts';
import { createButton, createShareButton, NO_BUTTONS } from './speech.ts';
import { setMissedCalls } from './store.ts';

/** What the bot works with while it handles one update. */
export interface Conversation extends Speech {
  readonly ctx: RequestContext;
  readonly services: Services;
  /** The links of the chat that the update comes from, none of which rests any more. */
  readonly links: readonly ChatLink[];
}

const phonesOf = (links: readonly ChatLink[]) => links.map(({ phone }) => phone);

const hearsOfCalls = (links: readonly ChatLink[]) => links.some((link) => link.hearsOfCalls);

const maskPhones = (phones: readonly string[]): string => phones.map(maskPhone).join(', ');

const unlink = async ({ ctx, services, links }: Conversation, { from }: Chat): Promise<Text> => {
  const phones = phonesOf(links);
  if (phones.length === 0) return texts.NOT_LINKED;
  await unlinkChat(ctx, services, { chatId: from.id, phones });
  ctx.log.info('bot.unlinked', { phones: phones.map(maskPhone).join(' ') });
  return texts.UNLINKED(maskPhones(phones));
};

/**
 * Answers what people write: `/start` with its deep links, `/phone`, `/calls`, `/unlink`, `/help`,
 * and everything else.
 */
export const commands = (conversation: Conversation): Composer<Context> => {
  const { say, links } = conversation;
  const phones = phonesOf(links);
  const composer = new Composer();
  const text = composer.on('message:text');

  text.hears(/^\/(help|start\s+help)\b/, (chat) => say(chat, texts.HELP));

  text.hears(/^\/unlink\b/, async (chat) =>
    say(chat, await unlink(conversation, chat), NO_BUTTONS),
  );

  // A link on any web page can lead here, so this asks first.
  text.hears(/^\/start\s+unlink\b/, (chat) => {
    if (phones.length === 0) return say(chat, texts.NOT_LINKED);
    const unlinkButton = createButton(chat, texts.UNLINK, 'unlink');
    return say(chat, texts.ASK_UNLINK(maskPhones(phones)), unlinkButton);
  });

  text.hears(/^\/calls\b/, (chat) => {
    if (links.length === 0) return say(chat, texts.NOT_LINKED);
    return hearsOfCalls(links)
      ? say(chat, texts.CALLS_ON, createButton(chat, texts.STOP_CALLS, 'calls:off'))
      : say(chat, texts.CALLS_OFF, createButton(chat, texts.START_CALLS, 'calls:on'));
  });

  text.hears(/^\/(start|phone)\b/, (chat) => {
    if (phones.length === 0) return say(chat, texts.WELCOME, createShareButton(chat));
    const masked = maskPhones(phones);
    if (chat.match[1] === 'start') return say(chat, texts.ALREADY(masked), NO_BUTTONS);
    return say(chat, texts.CHANGED(masked), createShareButton(chat));
  });

  text.use((chat) => say(chat, texts.HELP));
  return composer;
};

/** Puts texts into one message. */
const joinTexts = (parts: readonly Text[]): Text => ({
  ru: parts.map(({ ru }) => ru).join('\n\n'),
  en: parts.map(({ en }) => en).join('\n\n'),
});

/** The answers to contacts that are not taken. */
const REFUSED = {
  not_yours: texts.NOT_YOURS,
  not_served: texts.NOT_SERVED,
  unreadable: texts.UNREADABLE,
};

const LINKED = { linked: texts.LINKED, moved: texts.MOVED, replaced: texts.REPLACED };

/** Links the contact that people share, if it is their own [A42]. */
export const contacts = (conversation: Conversation): Composer<Context> => {
  const { ctx, services, say, links } = conversation;
  const composer = new Composer();
  composer.on('message:contact', async (chat) => {
    const own = ownPhone(chat.message, services.settings.PHONE_COUNTRIES);
    if (!own.ok) {
      ctx.log.info('bot.contact_refused', { reason: own.reason });
      return say(chat, REFUSED[own.reason], createShareButton(chat));
    }
    const { phone } = own;
    const language = texts.languageOf(chat.from.language_code);
    const link = { phone, chatId: chat.from.id, language, proved: true };
    const former = phonesOf(links).filter((other) => other !== phone);
    const { outcome, ended } = await linkContact(ctx, services, { ...link, former });
    const code = await replaceWaitingCode(ctx, services, link);
    const parts = [LINKED[outcome](maskPhone(phone), maskPhones(former))];
    if (code !== undefined) parts.push(codeMessage(code));
    else if (outcome === 'linked') parts.push(texts.ASK_FOR_CODE);
    if (ended > 0) parts.push(texts.ENDED(String(ended)));
    return say(chat, joinTexts(parts), NO_BUTTONS);
  });
  return composer;
};

/**
 * Answers presses of buttons: `unlink`, `calls:on`, `calls:off`, and `revoke:<sid>` under the
 * message about a sign-in (session/alert.ts).
 */
export const buttonPresses = (conversation: Conversation): Composer<Context> => {
  const { ctx, services, answer, links } = conversation;
  const composer = new Composer();

  composer.callbackQuery('unlink', async (chat) => {
    const already = links.length === 0 && { notice: texts.ALREADY_UNLINKED };
    return answer(chat, { message: await unlink(conversation, chat), ...already });
  });

  composer.callbackQuery(/^calls:(on|off)$/, async (chat) => {
    const isTold = chat.match[1] === 'on';
    const isSame = links.length > 0 && hearsOfCalls(links) === isTold;
    const already = isSame && { notice: texts.ALREADY_SO };
    const isLinked = await setMissedCalls(services.db, chat.from.id, isTold);
    const message = isTold ? texts.CALLS_ON : texts.CALLS_OFF;
    return answer(chat, { message: isLinked ? message : texts.NOT_LINKED, ...already });
  });

  // The user is read from the chat, so a button that somebody made up ends only their own session.
  composer.callbackQuery(REVOKE_DATA, async (chat) => {
    const sid = String(chat.match[1]);
    const endSession = async (userId: string) => {
      const ended = await services.sessions.revoke(userId, sid);
      disconnectSessions(ctx, services, { userId, sids: [sid] });
      return ended;
    };
    const users = links.flatMap(({ userId }) => userId ?? []);
    const outcomes = await Promise.all(users.map(endSession));
    const ended = outcomes.includes('ended');
    ctx.log.info('bot.revoked', { ended });
    if (ended) return answer(chat, { message: texts.SESSION_ENDED });
    return outcomes.includes('already')
      ? answer(chat, { message: texts.SESSION_ENDED, notice: texts.ALREADY_ENDED })
      : answer(chat, { notice: texts.NO_SESSION });
  });

  composer.on('callback_query:data', (chat) => answer(chat, { notice: texts.OLD_BUTTON }));
  return composer;
};
