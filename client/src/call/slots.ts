/** What is sent: each has one line of its own in every connection. */
export const SLOTS = ['microphone', 'camera', 'screen'] as const;

export type Slot = (typeof SLOTS)[number];

/** What kind of track a slot has. */
export const kindOf = (slot: Slot): 'audio' | 'video' =>
  slot === 'microphone' ? 'audio' : 'video';
