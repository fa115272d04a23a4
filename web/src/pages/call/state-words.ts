import type { CallState } from 'aist-client/call';
import { words } from '../../app/words.ts';

const CAUSES = {
  my_network: 'causeMy',
  their_network: 'causeTheir',
  room: 'causeRoom',
  media: 'causeMedia',
} as const;

/** Why a call has to come back, in words. */
export const describeCause = (cause: keyof typeof CAUSES): string =>
  words.get().calls[CAUSES[cause]];

/** Where a call stands, in words that do not change each second. */
export const describeState = (state: CallState): string => {
  const { calls: text } = words.get();
  if (state.state === 'ended') return text.ended[state.reason];
  if (state.state === 'ringing') return state.unreachable ? text.unreachable : text.ringing;
  return text[state.state];
};
