import type { User } from '../users.ts';
import type { Requests } from './requests.ts';

/** Somebody who signs in, and what the last requests of theirs were answered. */
export interface Person {
  readonly phone: string;
  token: string;
  code: string;
  qr: string;
}

/** Makes people of accounts. */
export const peopleOf = (users: readonly User[]): Person[] =>
  users.map(({ phone, token }) => ({ phone, token, code: '', qr: '' }));

/** A kind of request that a person sends. */
export type Request = (requests: Requests, person: Person) => Promise<unknown>;

/** A system with accounts: the kinds of request that it knows. */
export interface Accounts {
  readonly requestCode: Request;
  /** Signs in, and keeps the token where that is another one than before. */
  readonly verifyCode: Request;
  readonly readProfile: Request;
}

export const ours = {
  requestCode: async (requests, person) => {
    const body = { phone: person.phone };
    const { debugCode } = await requests.send('POST', '/api/auth/request-code', { body });
    person.code = String(debugCode);
  },
  verifyCode: (requests, { phone, code }) =>
    requests.send('POST', '/api/auth/verify-code', { body: { phone, code } }),
  readProfile: (requests, { token }) => requests.send('GET', '/api/profile', { token }),
  changeProfile: (requests, { token }) =>
    requests.send('PATCH', '/api/profile', { token, body: { displayName: 'Anna' } }),
  requestQr: async (requests, person) => {
    const { code } = await requests.send('POST', '/api/auth/qr/request', { body: {} });
    person.qr = String(code);
  },
  checkQr: (requests, { qr }) => requests.send('GET', `/api/auth/qr/check?code=${qr}`),
} as const satisfies Accounts & Record<string, Request>;

/**
 * What a Worker without any code of ours is asked: to ask Redis once, as for a QR code; to send a
 * message as well, as for a code and a sign-in; to ask both stores, as for a profile.
 */
export const bare = {
  redis: (requests) => requests.send('POST', '/redis', { body: {} }),
  message: (requests) => requests.send('POST', '/message', { body: {} }),
  both: (requests) => requests.send('POST', '/both', { body: {} }),
} as const satisfies Record<string, Request>;

export const betterAuth = {
  requestCode: async (requests, { phone }) => {
    const body = { phoneNumber: phone };
    await requests.send('POST', '/api/auth/phone-number/send-otp', { body });
  },
  verifyCode: async (requests, person) => {
    const body = { phoneNumber: person.phone, code: person.code };
    const { token } = await requests.send('POST', '/api/auth/phone-number/verify', { body });
    person.token = String(token);
  },
  readProfile: (requests, { token }) => requests.send('GET', '/api/auth/get-session', { token }),
} as const satisfies Accounts;

/** Reads the code that better-auth has sent; this is not measured. */
export const readSentCode = async (requests: Requests, person: Person): Promise<void> => {
  const { code } = await requests.send('GET', `/code?phone=${encodeURIComponent(person.phone)}`);
  person.code = String(code);
};
