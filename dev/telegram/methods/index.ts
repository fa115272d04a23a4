import type { UserFromGetMe } from 'grammy/types';
import type { Chats } from '../chats.ts';
import type { Params } from '../params.ts';
import { badRequest, ok, type Reply, refuse } from '../reply.ts';
import { type CommandLists, getMyCommands, setMyCommands } from './commands.ts';
import { editMessageReplyMarkup, editMessageText, sendMessage } from './messages.ts';
import { deleteWebhook, getWebhookInfo, setWebhook, type WebhookState } from './webhook.ts';

/** Everything the methods work on: one bot and its chats. */
export interface Bot {
  me: UserFromGetMe;
  chats: Chats;
  webhook: WebhookState;
  commands: CommandLists;
}

type Method = (bot: Bot, params: Params) => Reply;

/** Keyed in lower case, because the real server takes method names in any case. */
const METHODS = new Map<string, Method>([
  ['getme', ({ me }) => ok(me)],
  ['sendmessage', ({ chats }, params) => sendMessage(chats, params)],
  ['editmessagetext', ({ chats }, params) => editMessageText(chats, params)],
  ['editmessagereplymarkup', ({ chats }, params) => editMessageReplyMarkup(chats, params)],
  ['answercallbackquery', (_bot, params) => answerCallbackQuery(params)],
  ['setwebhook', ({ webhook }, params) => setWebhook(webhook, params)],
  ['deletewebhook', ({ webhook }) => deleteWebhook(webhook)],
  ['getwebhookinfo', ({ webhook }) => getWebhookInfo(webhook)],
  ['setmycommands', ({ commands }, params) => setMyCommands(commands, params)],
  ['getmycommands', ({ commands }, params) => getMyCommands(commands, params)],
]);

/** Carries out one Bot API method; an unknown name answers the real server's 404. */
export function callMethod(bot: Bot, method: string, params: Params): Reply {
  return METHODS.get(method.toLowerCase())?.(bot, params) ?? refuse(404, 'Not Found: method not found');
}

/** Any id passes: a test may post an update of its own making to the webhook. */
function answerCallbackQuery(params: Params): Reply {
  return (params.get('callback_query_id') ?? '') === ''
    ? badRequest('query is too old and response timeout expired or query ID is invalid')
    : ok(true);
}
