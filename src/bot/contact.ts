import type { CountryCode } from 'libphonenumber-js/min';
import parsePhoneNumber from 'libphonenumber-js/min';
import { toE164 } from '../platform/phone.ts';

/** A message with a contact, as much of it as says whose it is. */
export interface SharedContact {
  readonly from: { readonly id: number };
  readonly contact: { readonly phone_number: string; readonly user_id?: number };
}

/** The number that somebody proved to be theirs, or why it is not taken. */
export type OwnPhone =
  | { readonly ok: true; readonly phone: string }
  | { readonly ok: false; readonly reason: 'not_yours' | 'not_served' | 'unreadable' };

/** The marks of a message that was written elsewhere, today's and those of older versions (Bot API, Message). */
const FORWARDED = [
  'forward_origin',
  'forward_from',
  'forward_from_chat',
  'forward_sender_name',
  'forward_date',
  'is_automatic_forward',
  'via_bot',
];

/**
 * The number of a contact, if it is certainly the sender's own: Telegram itself puts the `user_id` of the number's owner there.
 *
 * Telegram writes numbers in full, with or without their `+`. One with anything else in it is not read, and no rule for what people type applies: by
 * those a Danish +45 32 12 34 56 would be somebody else's Russian number.
 *
 * @param countries ISO codes of the countries beside Russia whose numbers are taken
 */
export const ownPhone = (message: SharedContact, countries: readonly CountryCode[]): OwnPhone => {
  const { from, contact } = message;
  const forwarded = FORWARDED.some((mark) => mark in message);
  if (forwarded || contact.user_id !== from.id) return { ok: false, reason: 'not_yours' };
  const [, digits] = /^\+?([1-9]\d{6,14})$/.exec(contact.phone_number) ?? [];
  if (digits === undefined) return { ok: false, reason: 'unreadable' };
  const phone = toE164(`+${digits}`, countries);
  if (phone === `+${digits}`) return { ok: true, phone };
  // Of a country that is not served, unless no country has such numbers at all.
  const abroad = parsePhoneNumber(`+${digits}`)?.isPossible() && !digits.startsWith('7');
  return { ok: false, reason: abroad ? 'not_served' : 'unreadable' };
};
