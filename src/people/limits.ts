/** How often somebody searches [M41]. */
export const SEARCH_RATE = { name: 'searches', burst: 40, perSecond: 20 / 60 } as const;

/** How often somebody blocks, or ends a block [M44]. */
export const BLOCK_RATE = { name: 'blocks', burst: 60, perSecond: 1 } as const;

/** How often somebody gets another public key [M43]: each is told in many chats. */
export const KEY_RATE = { name: 'keys', burst: 10, perSecond: 1 / 600 } as const;

/** How many people somebody blocks at most [M44]. */
export const BLOCKED_LIMIT = 1_000;

/**
 * In how many personal chats, those with the newest messages, the other side is told of another key
 * [M43].
 */
export const KEY_CHATS = 500;

/** How many of them hear of it at once: a request of the Worker may make 50 of its own. */
export const KEY_HINTS = 40;
