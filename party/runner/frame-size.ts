import { READ_LIMIT } from '../../src/contract/sockets/protocol.ts';

const utf8 = new TextEncoder();

/** Whether a text has more bytes of UTF-8 than that; counts only where its length cannot tell. */
const isLonger = (text: string, limit: number) =>
  text.length * 3 > limit && (text.length > limit || utf8.encode(text).byteLength > limit);

/**
 * The size of a frame in bytes if it is over the limit, otherwise 0. A frame beyond READ_LIMIT is
 * not measured exactly, since it is refused anyhow.
 */
export const bytesOver = (limit: number, data: string | ArrayBuffer | ArrayBufferView): number => {
  if (typeof data !== 'string') return data.byteLength > limit ? data.byteLength : 0;
  if (!isLonger(data, limit)) return 0;
  return data.length > READ_LIMIT ? data.length : utf8.encode(data).byteLength;
};
