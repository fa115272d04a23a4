/** The schemes of ICE servers: STUN (RFC 7064) and TURN (RFC 7065). */
export type IceScheme = 'stun' | 'turn';

const PORT = { least: 1, most: 65_535 } as const;

/** The host, the port and the query of a URI; a host with colons is an IPv6 address in brackets. */
const PARTS = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d*))?(\?.*)?$/i;

/**
 * Finds what is wrong with the URI of a STUN or TURN server [C32]. Browsers throw on a bad one, and
 * then no call begins.
 *
 * @returns undefined when the URI is one of RFC 7064 or RFC 7065
 */
export const findIceUriFault = (scheme: IceScheme, uri: string): string | undefined => {
  const rest = new RegExp(`^${scheme}s?:(?!//)(.+)$`).exec(uri)?.[1];
  if (rest === undefined) return `it must begin with ${scheme}: or ${scheme}s: and a host`;
  if (rest.includes('@')) return 'it must name no user';
  const [, host, port, query] = PARTS.exec(rest) ?? [];
  if (host === undefined) return 'it must be host or host:port, an IPv6 address in brackets';
  if (!URL.canParse(`http://${host}`)) return 'its host is none';
  const number = Number(port);
  if (port !== undefined && (number < PORT.least || number > PORT.most)) {
    return `its port must be ${PORT.least} to ${PORT.most}`;
  }
  if (query === undefined) return undefined;
  if (scheme === 'stun') return 'it must have no query';
  return /^\?transport=(udp|tcp)$/.test(query)
    ? undefined
    : 'its query must be ?transport=udp or ?transport=tcp';
};

/**
 * Names a URI in a message without its secrets: the text before an `@` may be a password, and a
 * text without a scheme may be a secret that was pasted into the wrong setting.
 */
const nameIceUri = (scheme: IceScheme, uri: string, index: number): string => {
  const isAddress = new RegExp(`^${scheme}s?:(?!//)`).test(uri);
  const shown = uri.replace(/:.*@/, ':…@');
  return isAddress ? `number ${index + 1}, ${shown}` : `number ${index + 1}`;
};

/** Describes the faults of URIs, and says which one has each. */
export const describeIceUriFaults = (scheme: IceScheme, uris: readonly string[]): string[] =>
  uris.flatMap((uri, index) => {
    const fault = findIceUriFault(scheme, uri);
    return fault === undefined ? [] : [`${nameIceUri(scheme, uri, index)}: ${fault}`];
  });
