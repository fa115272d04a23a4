import type { WebhookInfo } from 'grammy/types';
import type { Params } from '../params.ts';
import { integer, json } from '../params.ts';
import type { Reply } from '../reply.ts';
import { badRequest, ok } from '../reply.ts';
import type { Updates, Webhook } from '../updates.ts';

/**
 * Runs setWebhook. An empty url removes the webhook. Plain HTTP is taken, unlike on the real
 * server, since the local API speaks nothing else.
 */
export const setWebhook = (updates: Updates, params: Params): Reply => {
  const url = params.get('url') ?? '';
  if (url === '') return deleteWebhook(updates, params);
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
  const same = JSON.stringify(webhook) === JSON.stringify(updates.webhook);
  dropWhereAsked(updates, params);
  updates.register(webhook);
  return ok(true, same ? 'Webhook is already set' : 'Webhook was set');
};

/** Runs deleteWebhook: the result is always true, the description tells whether there was one. */
export const deleteWebhook = (updates: Updates, params: Params): Reply => {
  const had = updates.webhook !== undefined;
  dropWhereAsked(updates, params);
  updates.register(undefined);
  return ok(true, had ? 'Webhook was deleted' : 'Webhook is already deleted');
};

/** Runs getWebhookInfo; without a webhook the url is empty, as on the real server. */
export const getWebhookInfo = ({ webhook, state }: Updates): Reply => {
  const info: Omit<WebhookInfo, 'allowed_updates'> & { allowed_updates?: string[] } = {
    url: webhook?.url ?? '',
    has_custom_certificate: false,
    ...state,
    ...(webhook && { max_connections: webhook.maxConnections }),
    ...(webhook?.allowedUpdates && { allowed_updates: webhook.allowedUpdates }),
  };
  return ok(info);
};

const dropWhereAsked = (updates: Updates, params: Params): void => {
  if (params.get('drop_pending_updates') === 'true') updates.drop();
};

const isTextList = (value: unknown): value is string[] => {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
};
