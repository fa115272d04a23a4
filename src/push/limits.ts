/** How often somebody subscribes, or changes a subscription [P2]. */
export const SUBSCRIBE_RATE = { name: 'pushes', burst: 20, perSecond: 1 / 60 } as const;

/** How many subscriptions a user has at most, the newest ones [P2]: each push goes to all. */
export const SUBSCRIPTION_LIMIT = 10;

/** How long after a push about a chat no other one follows, in milliseconds [P6]. */
export const CHAT_PAUSE_MS = 10_000;

/** How many pushes about messages a user gets at once, and after how many ms one more [P6]. */
export const MESSAGE_PUSHES = { burst: 20, everyMs: 30_000 } as const;
