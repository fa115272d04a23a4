/** Begins at random, so that runs on the same Redis do not meet. */
let lastPhone = Math.floor(Math.random() * 1e9);

/** A phone number that no other test uses. */
export const freshPhone = (): string => {
  lastPhone = (lastPhone + 7_919) % 1e9;
  return `+79${String(lastPhone).padStart(9, '0')}`;
};

/** An IPv6 address whose first 64 bits no other test uses. */
export const freshNetwork = (): string => {
  const group = () => Math.floor(Math.random() * 65_536).toString(16);
  return `2001:db8:${group()}:${group()}::1`;
};

/** An IPv4 address that no other test uses, so that no test meets another's limits. */
export const freshAddress = (): string => {
  const byte = () => 1 + Math.floor(Math.random() * 254);
  return `${byte()}.${byte()}.${byte()}.${byte()}`;
};
