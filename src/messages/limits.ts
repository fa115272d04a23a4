/** How many messages somebody sends at once, and then a second [M15]. */
export const SEND_RATE = { name: 'messages', burst: 20, perSecond: 1 };

/** How many messages somebody edits at once, and then a second [M15]. */
export const EDIT_RATE = { name: 'edits', burst: 20, perSecond: 0.5 };

/** How many messages somebody deletes at once, and then a second [M15]. */
export const DELETE_RATE = { name: 'deletes', burst: 100, perSecond: 1 };

/** How many marks somebody moves at once, and then a second [M15]. */
export const MARK_RATE = { name: 'marks', burst: 60, perSecond: 2 };
