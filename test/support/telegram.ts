import { stack } from './stack.ts';

/** Has the stand-in fail calls of the Bot API as `POST /_/fail` describes; `clear` ends all. */
export const failTelegram = (fault: object): Promise<Response> =>
  fetch(`${stack.telegramUrl}/_/fail`, { method: 'POST', body: JSON.stringify(fault) });
