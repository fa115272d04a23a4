import * as z from 'zod';

/** A device of a user: the id of its session, or `ws-<connection>` for a legacy socket. */
export const device = z.string();
export const user = z.string();
export const call = z.string();
export const chat = z.string();
/** Which request of an inbox a legacy client's call came of: the client may have dialled again. */
export const request = z.int().optional();
