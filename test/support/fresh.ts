/** Begins anywhere, so that runs on one and the same Redis do not meet. */
let lastPhone = Math.floor(Math.random() * 1e9);

/** A phone number that no other test uses. */
export const freshPhone = (): string => {
  lastPhone = (lastPhone + 7_919) % 1e9;
  return `+79${String(lastPhone).padStart(9, '0')}`;
};

/** An address that no other test uses, so that no test meets another's limits. */
export const freshAddress = (): string => {
  const byte = () => 1 + Math.floor(Math.random() * 254);
  return `${byte()}.${byte()}.${byte()}.${byte()}`;
};
