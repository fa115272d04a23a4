import { useStore } from 'aist-client/preact';
import { useEffect } from 'preact/hooks';
import { formatDuration, now, watchTime } from '../../app/time.ts';

/** How long a call lasts so far. */
export const CallTime = ({ since }: { since: number }) => {
  useEffect(watchTime, []);
  return <span class="call-time">{formatDuration(useStore(now) - since)}</span>;
};

/** How many seconds are left until a moment. */
export const useSecondsLeft = (until: number | undefined): number | undefined => {
  useEffect(watchTime, []);
  const time = useStore(now);
  return until === undefined ? undefined : Math.max(0, Math.ceil((until - time) / 1_000));
};
