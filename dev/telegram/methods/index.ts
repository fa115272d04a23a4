import type { UserFromGetMe } from 'grammy/types';
import type { ButtonPresses } from '../button-presses.ts';
import type { Chats } from '../chats.ts';
import type { Params } from '../params.ts';
import type { Reply } from '../reply.ts';
import { badRequest, ok, refuse } from '../reply.ts';
import type { Updates } from '../updates.ts';
import type { CommandLists } from './commands.ts';
import { getMyCommands, setMyCommands } from './commands.ts';
import type { Descriptions } from './descriptions.ts';
import { getDescription, setDescription } from './descriptions.ts';
import { editMessageReplyMarkup, editMessageText, sendMessage } from './messages.ts';
import { deleteWebhook, getWebhookInfo, setWebhook } from './webhook.ts';

/** The parts that the methods work on: one bot, its chats, and the way to its webhook. */
export interface Bot {
  me: UserFromGetMe;
  chats: Chats;
  updates: Updates;
  buttonPresses: ButtonPresses;
  commands: CommandLists;
  descriptions: Descriptions;
}

type Method = (bot: Bot, params: Params) => Reply;

/** The methods by names in lower case, since the real server takes names in any case. */
const METHODS = new Map<string, Method>([
  ['getme', ({ me }) => ok(me)],
  ['sendmessage', ({ chats }, params) => sendMessage(chats, params)],
  ['editmessagetext', ({ chats }, params) => editMessageText(chats, params)],
  ['editmessagereplymarkup', ({ chats }, params) => editMessageReplyMarkup(chats, params)],
  [
    'answercallbackquery',
    ({ buttonPresses }, params) => answerCallbackQuery(buttonPresses, params),
  ],
  ['setwebhook', ({ updates }, params) => setWebhook(updates, params)],
  ['deletewebhook', ({ updates }, params) => deleteWebhook(updates, params)],
  ['getwebhookinfo', ({ updates }) => getWebhookInfo(updates)],
  ['setmycommands', ({ commands }, params) => setMyCommands(commands, params)],
  ['getmycommands', ({ commands }, params) => getMyCommands(commands, params)],
  [
    'setmydescription',
    ({ descriptions }, params) => setDescription(descriptions, 'description', params),
  ],
  [
    'getmydescription',
    ({ descriptions }, params) => getDescription(descriptions, 'description', params),
  ],
  [
    'setmyshortdescription',
    ({ descriptions }, params) => setDescription(descriptions, 'short_description', params),
  ],
  [
    'getmyshortdescription',
    ({ descriptions }, params) => getDescription(descriptions, 'short_description', params),
  ],
]);

/** Runs one Bot API method; an unknown name gets the real server's 404. */
export const callMethod = (bot: Bot, method: string, params: Params): Reply => {
  return (
    METHODS.get(method.toLowerCase())?.(bot, params) ?? refuse(404, 'Not Found: method not found')
  );
};

/** Runs answerCallbackQuery. Any id passes: a test may post an update of its own to the webhook. */
const answerCallbackQuery = (buttonPresses: ButtonPresses, params: Params): Reply => {
  const id = params.get('callback_query_id') ?? '';
  if (id === '')
    return badRequest('query is too old and response timeout expired or query ID is invalid');
  buttonPresses.answer(id, params.get('text') ?? '');
  return ok(true);
};
