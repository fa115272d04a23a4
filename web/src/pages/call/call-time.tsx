import { useEffect } from 'preact/hooks';
import { formatDuration, now, watchTime } from '../../app/time.ts';

/** How long a call lasts so far. */
export const CallTime = ({ since }: { since: number }) => {
  useEffect(watchTime, []);
  return <span class="call-time">{formatDuration(now.value - since)}</span>;
};

/** How many seconds are left until a moment. */
export const useSecondsLeft = (until: number | undefined): number | undefined => {
  useEffect(watchTime, []);
  return until === undefined ? undefined : Math.max(0, Math.ceil((until - now.value) / 1_000));
};
