/** How often somebody creates a chat; one that is there already costs nothing [M36]. */
export const CREATE_CHATS = { name: 'create-chats', burst: 20, perSecond: 1 / 60 } as const;

/** How often somebody changes a chat or a role [M36]. */
export const CHANGE_CHATS = { name: 'change-chats', burst: 20, perSecond: 1 / 6 } as const;

/** How often somebody adds or takes out members, joins or leaves [M36]. */
export const CHANGE_MEMBERS = { name: 'change-members', burst: 20, perSecond: 1 / 10 } as const;

/** How many chats the list has at most: who is added to more cannot be robbed of it [M7]. */
export const LISTED_CHATS = 2_000;

/** How many bytes of photos the list has at most, those of the first chats [M7]. */
export const LISTED_PHOTOS = 4 * 1024 * 1024;
