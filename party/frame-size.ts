import { READ_LIMIT } from '../src/contract/sockets/protocol.ts';

const utf8 = new TextEncoder();

/** Whether a text is longer than so many bytes of UTF-8: no character of it is less than one, or more than three. */
const longerThan = (text: string, limit: number) =>
  text.length * 3 > limit && (text.length > limit || utf8.encode(text).byteLength > limit);

/** How many bytes a frame has if it is longer than so many; otherwise 0, which is known at once. */
export const bytesOver = (limit: number, data: string | ArrayBuffer | ArrayBufferView): number => {
  if (typeof data !== 'string') return data.byteLength > limit ? data.byteLength : 0;
  if (!longerThan(data, limit)) return 0;
  // Nobody wants to know how much too long it is.
  return data.length > READ_LIMIT ? data.length : utf8.encode(data).byteLength;
};
