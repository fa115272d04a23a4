/** What two packages consist of that the Worker does not use and a bundler cannot tell. */

/**
 * Neon's driver without its client and pool over WebSockets: `neon`, `neonConfig`, `NeonDbError` and `types` alone. The package is one file, bundled
 * beforehand, in which everything is evaluated at once.
 *
 * @param {string} driver the text of `index.mjs`
 * @returns {string} the text of the smaller module
 * @throws {Error} when a version of the driver is not built like that any more
 */
export const httpDriver = (driver) => {
  // Lines are broken by a backslash even within strings.
  const code = driver.replaceAll('\\\n', '');
  /** @type {(what: string, pattern: RegExp) => RegExpExecArray} */
  const find = (what, pattern) => {
    const found = pattern.exec(code);
    if (!found) throw new Error(`@neondatabase/serverless is built differently now: no ${what}. See build/trim.mjs.`);
    return found;
  };
  const exports = ['neon', 'neonConfig', 'NeonDbError'].map(
    (name) => find(`export of ${name}`, new RegExp(`[\\w$]+\\s+as\\s+${name}\\b`))[0],
  );
  // A CommonJS module within: var types = lazy((exports) => { … exports.setTypeParser = … })
  const [, types, lazy] = find('pg-types', /var ([\w$]+)=([\w$]+)\(([\w$]+)=>\{.{0,400}?\3\.setTypeParser=/s);
  const { index, 0: end } = find('end of neon()', /"getAuthToken"\);/);
  const { 0: licences } = find('licences', /\/\*! Bundled license information[\s\S]*$/);
  return [
    // Modules that nobody asks for any more may be left out.
    code.slice(0, index + end.length).replaceAll(`=${lazy}(`, `=/* @__PURE__ */${lazy}(`),
    `export{${exports}};export const types=${types}();`,
    licences,
  ].join('\n');
};

/** The place of the formats in the metadata of a country (libphonenumber-js, source/metadata.js: `_getFormats`). */
const FORMATS = 4;

/**
 * Metadata of libphonenumber-js without the formats that numbers are written in, which are half of it. Parsing a number does not look at them.
 *
 * @param {import('libphonenumber-js/core').MetadataJson} metadata
 */
export const withoutFormats = (metadata) => {
  /** @param {Record<string, unknown[]>} countries */
  const trim = (countries) =>
    Object.fromEntries(
      Object.entries(countries).map(([name, parts]) => [name, parts.map((part, at) => (at === FORMATS ? 0 : part))]),
    );
  return { ...metadata, countries: trim(metadata.countries), nonGeographic: trim(metadata.nonGeographic) };
};
