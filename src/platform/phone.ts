import type { CountryCode } from 'libphonenumber-js/min';
import parsePhoneNumber from 'libphonenumber-js/min';

/** The characters that keyboards and address books write as a plus. */
const PLUSES = /[+＋﹢⁺₊➕]/g;

/** The digits that libphonenumber-js reads as such. */
const READABLE_DIGITS = /^[0-9٠-٩۰-۹０-９]+$/;

/** More characters than a number has: matching a body full of pluses takes seconds. */
const LONGEST = 32;

/**
 * Reads whether a number has a plus, and its digits in any script. Nothing else that people write
 * tells one number from another [H24].
 */
const readNumber = (input: string) => {
  const kept = input.replace(PLUSES, '+').replace(/[^+\p{Nd}]/gu, '');
  if (kept.length > LONGEST) return { hasPlus: false, digits: '' };
  const [, plus = '', digits = ''] = /^(\+*)(.*?)\+*$/.exec(kept) ?? [];
  return { hasPlus: plus !== '', digits };
};

/** Matches Russian numbers with their country code, or an 8 in its place: no country has +89. */
const WITH_COUNTRY = /^(?:7|8(?=9))([0-9]{10})$/;

/** Parses digits that begin with the code of their country [H23]. */
const fromCountryCode = (digits: string, countries: readonly CountryCode[]): string | undefined => {
  const [, national] = WITH_COUNTRY.exec(digits) ?? [];
  if (national !== undefined) return `+7${national}`;
  // A 7 with another count of digits is mistyped; Kazakhstan's numbers are handled above.
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
 * configured countries are taken [H23]. Without a plus the number is Russian [H22]. The plus must
 * not be dropped: ten digits are a whole number in the Maldives, and a Russian one without a plus.
 *
 * @param input as a person typed it
 * @param countries ISO codes of further countries
 * @returns the number, or undefined when it is none of those
 */
export const toE164 = (input: string, countries: readonly CountryCode[]): string | undefined => {
  const { hasPlus, digits } = readNumber(input);
  if (hasPlus) return fromCountryCode(digits, countries);
  // The digits before a plus in the middle are no part of the number.
  if (digits.includes('+')) return undefined;
  const [, national] = /^[78]?(\d{10})$/.exec(digits.replace(/[^0-9]/g, '')) ?? [];
  return national === undefined ? undefined : `+7${national}`;
};

/**
 * Brings a number with its country code to E.164; it may lack the plus, as Telegram gives it to
 * bots [H25].
 *
 * @param input as a bot passes it on
 * @param countries ISO codes of further countries
 */
export const fullToE164 = (input: string, countries: readonly CountryCode[]): string | undefined =>
  fromCountryCode(readNumber(input).digits, countries);

/** Masks a number for whoever asked: `+79991234567` becomes `+799***67` [A3]. */
export const maskPhone = (phone: string): string => `${phone.slice(0, 4)}***${phone.slice(-2)}`;
