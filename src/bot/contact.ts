import type { CountryCode } from 'libphonenumber-js/min';
import parsePhoneNumber from 'libphonenumber-js/min';
import { toE164 } from '../platform/phone.ts';

/** The parts of a message with a contact that say whose contact it is. */
export interface SharedContact {
  readonly from: { readonly id: number };
  readonly contact: { readonly phone_number: string; readonly user_id?: number };
}

/** The number that a person proved to be theirs, or why it is not taken. */
export type OwnPhone =
  | { readonly ok: true; readonly phone: string }
  | { readonly ok: false; readonly reason: 'not_yours' | 'not_served' | 'unreadable' };

/** The fields of a message that was written elsewhere, in all versions of the Bot API (Message). */
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
 * Reads the number of a contact if it is certainly the sender's own [A42]: Telegram itself puts the
 * `user_id` of the number's owner there.
 *
 * Telegram writes numbers in full, with or without their `+`. A number with anything else in it is
 * refused, and the rules for numbers that people type do not apply: by them the Danish number
 * +45 32 12 34 56 would be somebody else's Russian number.
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
  // Such a number is of a country that is not served, or of none at all.
  const abroad = parsePhoneNumber(`+${digits}`)?.isPossible() && !digits.startsWith('7');
  return { ok: false, reason: abroad ? 'not_served' : 'unreadable' };
};
