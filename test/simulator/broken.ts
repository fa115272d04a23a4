/** A rule of docs/rules/calls.md was broken. */
export class Broken extends Error {}

/** Throws `Broken` with the text of the rule unless the rule is kept. */
export function hold(kept: boolean, promise: () => string): asserts kept {
  if (!kept) throw new Broken(promise());
}

/** Whether a value survives JSON unchanged; properties that are undefined count as absent. */
export const isJson = (value: unknown): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every(isJson);
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((each) => each === undefined || isJson(each));
};
