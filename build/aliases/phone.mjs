/** `libphonenumber-js/min`, with metadata that wrangler.toml can put something in place of. */
import * as core from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';

/** @param {string} text */
const parsePhoneNumber = (text) => core.parsePhoneNumberFromString(text, metadata);
export default parsePhoneNumber;

/** @param {import('libphonenumber-js/core').CountryCode} country */
export const isSupportedCountry = (country) => core.isSupportedCountry(country, metadata);
