import type { CountryCode } from 'libphonenumber-js/min';
import parsePhoneNumber from 'libphonenumber-js/min';

/** The plus as keyboards and address books write it. */
const PLUSES = /[+＋﹢⁺₊➕]/g;

/** The digits of keyboards that libphonenumber-js reads as such. */
const READABLE_DIGITS = /^[0-9٠-٩۰-۹０-９]+$/;

/** More than anybody writes: matching a body full of pluses takes seconds. */
const LONGEST = 32;

/**
 * Whether a number has a plus, and its digits in any script: nothing else of what people write
 * tells one number from another.
 */
const readNumber = (input: string) => {
  const kept = input.replace(PLUSES, '+').replace(/[^+\p{Nd}]/gu, '');
  if (kept.length > LONGEST) return { hasPlus: false, digits: '' };
  const [, plus = '', digits = ''] = /^(\+*)(.*?)\+*$/.exec(kept) ?? [];
  return { hasPlus: plus !== '', digits };
};

/** Russian numbers with their country code, or the 8 dialled in its place: no country has +89. */
const WITH_COUNTRY = /^(?:7|8(?=9))([0-9]{10})$/;

/** A number whose digits begin with the code of its country. */
const fromCountryCode = (digits: string, countries: readonly CountryCode[]): string | undefined => {
  const [, national] = WITH_COUNTRY.exec(digits) ?? [];
  if (national !== undefined) return `+7${national}`;
  // A 7 with another count of digits is a mistyped number; Kazakhstan's numbers are taken above.
  const isForeign = READABLE_DIGITS.test(digits) && !digits.startsWith('7');
  if (countries.length === 0 || !isForeign) return undefined;
  const parsed = parsePhoneNumber(`+${digits}`);
  if (!parsed?.isValid() || !parsed.country) return undefined;
  return countries.includes(parsed.country) ? parsed.number : undefined;
};

/**
 * Brings a phone number to E.164.
 *
 * With a plus the digits begin with the code of the country, and only numbers of Russia and of the
 * configured countries are taken: ten digits are a whole number in the Maldives, and read without
 * their plus they are a Russian's. Without a plus the number is Russian, by the rule of the
 * original: all but ASCII digits is dropped; 11 digits that start with 7 stay, 10 digits get a 7 in
 * front, 11 that start with 8 get 7 for the 8.
 *
 * @param input as a person typed it
 * @param countries ISO codes of further countries
 * @returns the number, or undefined when it is none of those
 */
export const toE164 = (input: string, countries: readonly CountryCode[]): string | undefined => {
  const { hasPlus, digits } = readNumber(input);
  if (hasPlus) return fromCountryCode(digits, countries);
  // A plus within the digits says that what stands before it is no part of the number.
  if (digits.includes('+')) return undefined;
  const [, national] = /^[78]?(\d{10})$/.exec(digits.replace(/[^0-9]/g, '')) ?? [];
  return national === undefined ? undefined : `+7${national}`;
};

/**
 * The same for a number that has its country code, with or without a plus, as Telegram gives it to
 * bots.
 *
 * @param input as a bot passes it on
 * @param countries ISO codes of further countries
 */
export const fullToE164 = (input: string, countries: readonly CountryCode[]): string | undefined =>
  fromCountryCode(readNumber(input).digits, countries);

/** A number as it may be shown to whoever asked: `+79991234567` → `+799***67`. */
export const maskPhone = (phone: string): string => `${phone.slice(0, 4)}***${phone.slice(-2)}`;
