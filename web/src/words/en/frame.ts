import type { frame as russian } from '../ru/frame.ts';

/** What stands around all screens, in English. */
export const frame: typeof russian = {
  nav: 'Sections',
  skip: 'Skip to the content',
  chats: 'Chats',
  calls: 'Calls',
  people: 'People',
  settings: 'Settings',
  back: 'Back',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  saved: 'Saved',
  retry: 'Try again',
  loading: 'Loading…',
  failed: 'That did not work',
  notFoundTitle: 'There is nothing here',
  notFoundText: 'No page has this address, or it was removed.',
  toChats: 'To the chats',
  offline: 'No connection',
  offlineText: 'You see what was loaded before. The rest comes with the network.',
  updated: 'There is a new version',
  update: 'Update',
  untilTime: (time: string) => `Try again at ${time}`,
};
