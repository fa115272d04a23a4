import { language, words } from './words.ts';

/** What the server knows of a device; "" = unknown. */
export interface DeviceFields {
  readonly browser: string;
  readonly system: string;
  readonly city: string;
  readonly country: string;
}

/** What a device is: `Chrome, Windows`. */
export const deviceOf = ({ browser, system }: DeviceFields): string =>
  [browser, system].filter(Boolean).join(', ') || words.get().settings.unknownDevice;

/** Where a device is: `Казань, Россия`; "" when that is not known. */
export const placeOf = ({ city, country }: DeviceFields): string => {
  const names = new Intl.DisplayNames(language.get(), { type: 'region', fallback: 'none' });
  const name = /^[A-Z]{2}$/.test(country) ? names.of(country) : country;
  return [city, name].filter(Boolean).join(', ');
};
