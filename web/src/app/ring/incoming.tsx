import type { Ring } from 'aist-client/inbox';
import { useStore } from 'aist-client/preact';
import { useEffect, useRef } from 'preact/hooks';
import { Avatar } from '../../parts/avatar.tsx';
import type { IconName } from '../../parts/icon.tsx';
import { Icon } from '../../parts/icon.tsx';
import { showToast } from '../../parts/toast.tsx';
import { attempt } from '../errors.ts';
import { acceptCall, loadCalls, startCall } from '../live/calls.ts';
import { inbox } from '../live/live.ts';
import { nameOf } from '../names.ts';
import { words } from '../words.ts';
import { blinkTitle, notifyOfRing } from './notice.ts';
import { ringTone } from './tone.ts';

interface RoundButtonProps {
  readonly look: 'accept' | 'decline' | 'other';
  readonly icon: IconName;
  readonly label: string;
  readonly onPress: () => void;
}

const RoundButton = ({ look, icon, label, onPress }: RoundButtonProps) => (
  <button type="button" class={`round ${look}`} onClick={onPress}>
    <span class="round-face">
      <Icon name={icon} size={28} />
    </span>
    <span>{label}</span>
  </button>
);

/** Makes itself heard and seen as long as it rings. */
const useRinging = (ring: Ring): void => {
  useEffect(() => {
    // What answers the call is made ready while it rings.
    loadCalls().catch(() => undefined);
    const ends = [ringTone(), blinkTitle(ring), notifyOfRing(ring)];
    return () => {
      for (const end of ends) end();
    };
  }, [ring.call]);
};

/** A call that rings, over whatever page is shown. */
const Sheet = ({ ring }: { ring: Ring }) => {
  const { calls: text } = useStore(words);
  const dialog = useRef<HTMLDialogElement>(null);
  useRinging(ring);
  useEffect(() => {
    const { current } = dialog;
    current?.showModal();
    // Not a button: whoever writes at this moment must not decide about a call by a key.
    current?.focus();
    return () => current?.close();
  }, []);
  const name = nameOf(ring.from);
  const kind = ring.video ? text.videoRing : text.voiceRing;
  const decline = () => attempt(() => inbox.decline(ring.call));
  return (
    <dialog
      ref={dialog}
      class="incoming"
      tabIndex={-1}
      aria-labelledby="incoming-name"
      aria-describedby="incoming-kind"
      // Escape does not decide about a call.
      onCancel={(event) => event.preventDefault()}
      // A second Escape closes it all the same.
      onClose={() => dialog.current?.isConnected && dialog.current.showModal()}
    >
      <div class="incoming-face">
        <Avatar id={ring.from.user} name={name} size={128} />
      </div>
      <h2 id="incoming-name">{name}</h2>
      <p id="incoming-kind" class="dim" role="status">
        {ring.group ? `${kind} · ${text.groupRing}` : kind}
      </p>
      <div class="incoming-buttons">
        <RoundButton look="decline" icon="hangup" label={text.decline} onPress={decline} />
        {ring.video && (
          <RoundButton
            look="other"
            icon="call"
            label={text.acceptVoice}
            onPress={() => acceptCall(ring, false)}
          />
        )}
        <RoundButton
          look="accept"
          icon={ring.video ? 'video' : 'call'}
          label={ring.video ? text.acceptVideo : text.accept}
          onPress={() => acceptCall(ring, ring.video)}
        />
      </div>
    </dialog>
  );
};

/** Says what became of a call that stopped ringing without this tab. */
const useOutcomes = (): void => {
  useEffect(() => {
    const ends = [
      inbox.on('stopped', ({ reason }) => {
        const { calls: text } = words.get();
        if (reason === 'answered_elsewhere') showToast({ text: text.answeredElsewhere });
      }),
      inbox.on('missed', ({ ring }) => {
        const { calls: text } = words.get();
        const name = nameOf(ring.from);
        const action = {
          label: text.callBack(name),
          run: () => void startCall(ring.from.user, ring.video),
        };
        showToast({ text: text.missedFrom(name), action });
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, []);
};

/** What rings: the first call alone, so that nobody presses the wrong one. */
export const Incoming = () => {
  useOutcomes();
  const [first] = useStore(inbox.rings);
  return first ? <Sheet key={first.call} ring={first} /> : null;
};
