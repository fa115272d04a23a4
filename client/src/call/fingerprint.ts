/**
 * Reads the fingerprints of a description: all of them, since DTLS takes any. Undefined when there
 * is none.
 */
export const fingerprintOf = (sdp: string | undefined): string | undefined => {
  const found = Array.from(sdp?.matchAll(/^a=fingerprint:(\S+) ([\dA-Fa-f:]+)/gm) ?? []);
  const all = found.map(([, name = '', value = '']) => `${name} ${value}`.toUpperCase());
  return all.length > 0 ? [...new Set(all)].sort().join(' ') : undefined;
};
