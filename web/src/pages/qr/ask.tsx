import { useStore } from 'aist-client/preact';
import type { AboutQr, ReadQr } from 'aist-client/qr';
import { readQr } from 'aist-client/qr';
import { useState } from 'preact/hooks';
import { client } from '../../app/client.ts';
import { deviceOf, placeOf } from '../../app/device.ts';
import { errorText, timeAgo } from '../../app/error-text.ts';
import { useLoad } from '../../app/use-load.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Loading } from '../../parts/states.tsx';

const Facts = ({ about }: { about: AboutQr }) => {
  const { scan } = useStore(words);
  return (
    <dl class="facts">
      <dt>{scan.what}</dt>
      <dd>{deviceOf(about)}</dd>
      <dt>{scan.where}</dt>
      <dd>{placeOf(about) || scan.unknown}</dd>
      <dt>{scan.when}</dt>
      <dd>{timeAgo(Date.now() - about.ageSeconds * 1_000)}</dd>
    </dl>
  );
};

interface AskProps {
  readonly code: string;
  readonly onEnd: (outcome: 'done' | 'refused') => void;
  readonly onAgain: () => void;
}

/** Says what would be signed in, where and since when; both answers are as easy to press. */
export const AskAboutQr = ({ code, onEnd, onAgain }: AskProps) => {
  const { scan } = useStore(words);
  const { loaded } = useLoad(async () => {
    const read = readQr(client, code) as ReadQr;
    return { read, about: await read.about() };
  }, [code]);
  const [busy, setBusy] = useState<'confirm' | 'deny'>();
  const [error, setError] = useState<string>();
  if (loaded.state === 'loading') return <Loading />;
  if (loaded.state === 'failed')
    return (
      <Empty icon="qr" title={loaded.why}>
        <Button look="plain" onPress={onAgain}>
          {scan.another}
        </Button>
      </Empty>
    );
  const { read, about } = loaded.value;
  const answer = async (what: 'confirm' | 'deny') => {
    if (busy) return;
    setBusy(what);
    setError(undefined);
    try {
      await read[what]();
      onEnd(what === 'confirm' ? 'done' : 'refused');
    } catch (failure) {
      setError(errorText(failure));
      setBusy(undefined);
    }
  };
  return (
    <div class="group padded">
      <h2>{scan.confirmTitle}</h2>
      <p class="dim">{scan.confirmText}</p>
      <Facts about={about} />
      <p class="notice">{scan.warning}</p>
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <div class="buttons">
        <Button look="danger" busy={busy === 'deny'} onPress={() => void answer('deny')}>
          {scan.deny}
        </Button>
        <Button busy={busy === 'confirm'} onPress={() => void answer('confirm')}>
          {scan.confirm}
        </Button>
      </div>
    </div>
  );
};
