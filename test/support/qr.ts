import { expect } from 'vitest';
import type { Answer, Api } from './client.ts';
import { freshAddress } from './fresh.ts';
import { legacyToken } from './tokens.ts';

/** A token of a user without a row: confirming a QR code does not ask Postgres. */
export const anyToken = (): Promise<string> => legacyToken(crypto.randomUUID());

/** A client that shows a QR code. */
export interface Shown {
  readonly code: string;
  readonly pollToken: string;
  readonly room: string;
  readonly url: string;
  readonly address: string;
  /** Polls with the poll token, from anywhere. */
  poll(): Promise<Answer>;
  /** Polls as legacy clients do. */
  pollByCode(address?: string): Promise<Answer>;
}

/** Asks for a QR code. */
export const showQr = async (api: Api, headers: Record<string, string> = {}): Promise<Shown> => {
  const address = freshAddress();
  const answer = await api.send('POST', '/api/auth/qr/request', { address, headers });
  expect(answer.status, answer.text).toBe(200);
  const [code, pollToken, room, url] = ['code', 'pollToken', 'room', 'url'].map((name) =>
    String(answer.body[name]),
  );
  if (!code || !pollToken || !room || !url) throw new Error(answer.text);
  return {
    code,
    pollToken,
    room,
    url,
    address,
    poll: () => api.send('GET', '/api/auth/qr/check', { headers: { 'X-Poll-Token': pollToken } }),
    pollByCode: (from = address) =>
      api.send('GET', `/api/auth/qr/check?code=${code}`, { address: from }),
  };
};

/** Confirms, denies or asks about a code. */
export const confirm = (api: Api, code: string, token: string) =>
  api.post('/api/auth/qr/confirm', { code }, { token });
export const deny = (api: Api, code: string, token: string) =>
  api.post('/api/auth/qr/deny', { code }, { token });
export const info = (api: Api, code: string, token: string) =>
  api.send('GET', `/api/auth/qr/info?code=${code}`, { token });

/** A code that nobody has, or one in a billion has. */
export const strangeCode = (): string =>
  Array.from(
    { length: 6 },
    () => 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'[Math.floor(Math.random() * 32)],
  ).join('');
