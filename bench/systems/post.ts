import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** An answer: its whole body, and after how many seconds to try again, if it says so. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly text: string;
}

/** POSTs JSON over a new connection; `fetch` would reuse one. */
export const post = (url: string, token: string, body: object): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(url, { method: 'POST', headers, agent: false }, (response) => {
      const { statusCode: status = 0, headers } = response;
      const retryAfter =
        headers['retry-after'] === undefined ? undefined : Number(headers['retry-after']);
      text(response).then((said) => resolve({ status, retryAfter, text: said }), reject);
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
