import type { CountryCode } from 'libphonenumber-js/min';
import parsePhoneNumber from 'libphonenumber-js/min';

/**
 * Brings a phone number to E.164 (contract.md, "Phone numbers").
 *
 * Russian numbers by the rule of the original: drop all but ASCII digits; 11 digits that start with 7 stay, 10 digits get a 7 in front,
 * 11 that start with 8 get 7 for the 8. Numbers of other countries only where configured, written with their `+`.
 *
 * @param input as a person typed it
 * @param countries ISO codes of further countries
 * @returns the number, or undefined when it is none of those
 */
export const toE164 = (input: string, countries: readonly CountryCode[]): string | undefined => {
  const digits = input.replace(/[^0-9]/g, '');
  // Where other countries are configured, a + tells the country: +45 32 12 34 56 is Danish, not a Russian number without its 7.
  const international = countries.length > 0 && input.trimStart().startsWith('+') && !digits.startsWith('7');
  if (international) {
    const parsed = parsePhoneNumber(input);
    return parsed?.isValid() && parsed.country && countries.includes(parsed.country) ? parsed.number : undefined;
  }
  if (/^7\d{10}$/.test(digits)) return `+${digits}`;
  if (/^\d{10}$/.test(digits)) return `+7${digits}`;
  if (/^8\d{10}$/.test(digits)) return `+7${digits.slice(1)}`;
  return undefined;
};

/** A number as it may be shown to whoever asked: `+79991234567` → `+799***67` (contract.md). */
export const maskPhone = (phone: string): string => `${phone.slice(0, 4)}***${phone.slice(-2)}`;
