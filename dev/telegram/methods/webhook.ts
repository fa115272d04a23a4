import type { WebhookInfo } from 'grammy/types';
import { integer, json, type Params } from '../params.ts';
import { badRequest, ok, type Reply } from '../reply.ts';

/** Where the bot wants its updates. */
export interface Webhook {
  url: string;
  /** Goes along with every update as `X-Telegram-Bot-Api-Secret-Token`. */
  secretToken?: string;
  /** Kinds of update, as given; unset means Telegram's default set. */
  allowedUpdates?: string[];
  maxConnections: number;
}

/** The bot's registration, which outlives a single call. */
export interface WebhookState {
  current?: Webhook;
}

/**
 * setWebhook. Unlike the real server, which takes HTTPS alone, plain HTTP is fine: the local API speaks nothing else.
 * An empty url removes the webhook.
 */
export function setWebhook(state: WebhookState, params: Params): Reply {
  const url = params.get('url') ?? '';
  if (url === '') return deleteWebhook(state);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    return badRequest('bad webhook: An HTTPS URL must be provided for webhook');
  }
  const secretToken = params.get('secret_token');
  if (secretToken !== undefined && !/^[\w-]{1,256}$/.test(secretToken)) {
    return badRequest('secret token contains unallowed characters');
  }
  const allowedUpdates = json(params, 'allowed_updates');
  const webhook: Webhook = {
    url,
    maxConnections: integer(params, 'max_connections') ?? 40,
    ...(secretToken !== undefined && { secretToken }),
    ...(isTextList(allowedUpdates) && allowedUpdates.length > 0 && { allowedUpdates }),
  };
  const same = JSON.stringify(webhook) === JSON.stringify(state.current);
  state.current = webhook;
  return ok(true, same ? 'Webhook is already set' : 'Webhook was set');
}

/** deleteWebhook: always true, the description tells whether there was one. */
export function deleteWebhook(state: WebhookState): Reply {
  const had = state.current !== undefined;
  delete state.current;
  return ok(true, had ? 'Webhook was deleted' : 'Webhook is already deleted');
}

/** getWebhookInfo; without a webhook the url is empty, as on the real server. */
export function getWebhookInfo({ current }: WebhookState): Reply {
  const info: Omit<WebhookInfo, 'allowed_updates'> & { allowed_updates?: string[] } = {
    url: current?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: 0,
    ...(current && { max_connections: current.maxConnections }),
    ...(current?.allowedUpdates && { allowed_updates: current.allowedUpdates }),
  };
  return ok(info);
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
