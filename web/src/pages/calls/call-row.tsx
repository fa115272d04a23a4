import type { Callee } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { startCall } from '../../app/live/calls.ts';
import { nameOf } from '../../app/names.ts';
import { formatDuration, formatMoment, formatWhole } from '../../app/time.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { IconButton } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import type { PastCall } from './history.ts';

/** How a call went, in a word. */
const wordOf = ({ missed, direction, answeredAt, reason }: PastCall): string => {
  const { calls: text } = words.get();
  if (missed) return text.missed;
  if (answeredAt) return direction === 'incoming' ? text.incoming : text.outgoing;
  if (reason === 'missed') return text.unanswered;
  if (reason === 'declined' || reason === 'busy' || reason === 'cancelled') return text[reason];
  return text.failed;
};

/** A call that was: with whom, how it went, and a press to call again. */
export const CallRow = ({ call }: { call: PastCall }) => {
  const { calls: text, chats } = useStore(words);
  const { peers, missed, direction, video, startedAt, answeredAt, durationSeconds } = call;
  const [first, ...rest] = peers;
  const name = peers.map(nameOf).join(', ') || chats.unnamed;
  const to: Callee | undefined = first && [first.userId, ...rest.map(({ userId }) => userId)];
  const again = (withVideo: boolean) => to && startCall(rest.length > 0 ? to : to[0], withVideo);
  return (
    <li class="row-with-actions">
      <div class={`row call-row${missed ? ' missed' : ''}`}>
        <Avatar id={first?.userId ?? call.callId} name={name} />
        <span class="row-text">
          <span class="row-title">{name}</span>
          <span class="row-more">
            <Icon name={direction === 'incoming' ? 'incoming' : 'outgoing'} size={16} />
            {video && <Icon name="video" size={16} />}
            <span>{wordOf(call)}</span>
            {answeredAt && <span>{formatDuration(durationSeconds * 1_000)}</span>}
          </span>
        </span>
        <time class="row-time" dateTime={startedAt} title={formatWhole(startedAt)}>
          {formatMoment(startedAt)}
        </time>
      </div>
      {to && (
        <IconButton
          icon={video ? 'video' : 'call'}
          label={video ? text.videoBack(name) : text.callBack(name)}
          onPress={() => again(video)}
        />
      )}
    </li>
  );
};
