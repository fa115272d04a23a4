import { useStore } from 'aist-client/preact';
import '../settings/settings.css';
import './qr.css';
import { readQr } from 'aist-client/qr';
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { client } from '../../app/client.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { AskAboutQr } from './ask.tsx';
import { Camera } from './camera.tsx';

/** How it ended. */
type Outcome = 'done' | 'refused';

/** Reads a code: by the camera, from the clipboard, or typed. */
const Scanner = ({ onCode }: { onCode: (code: string) => void }) => {
  const { scan } = useStore(words);
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const take = (text: string) => {
    const read = readQr(client, text.trim());
    setWrong(read === undefined);
    if (read) onCode(read.code);
  };
  return (
    <div class="group padded">
      <p>{scan.point}</p>
      <Camera onText={take} />
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          take(typed);
        }}
      >
        <Field
          label={scan.typed}
          value={typed}
          onInput={setTyped}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          {...(wrong ? { error: scan.notACode } : { hint: scan.typedHint })}
        />
        <Button type="submit" look="plain" wide>
          {scan.next}
        </Button>
      </form>
    </div>
  );
};

const Ended = ({ outcome, onAgain }: { outcome: Outcome; onAgain: () => void }) => {
  const { scan } = useStore(words);
  const isDone = outcome === 'done';
  return (
    <Empty
      icon={isDone ? 'check' : 'block'}
      title={isDone ? scan.done : scan.refused}
      text={isDone ? scan.doneText : scan.refusedText}
    >
      <Button look="plain" onPress={onAgain}>
        {scan.another}
      </Button>
    </Empty>
  );
};

/** Signs another device in by the QR code that it shows. */
const QrPage = () => {
  const { scan } = useStore(words);
  const { query, route } = useLocation();
  const given = readQr(client, query.code ?? '')?.code;
  const [code, setCode] = useState(given);
  const [outcome, setOutcome] = useState<Outcome>();
  useEffect(() => {
    if (given) setCode(given);
  }, [given]);
  const again = () => {
    setOutcome(undefined);
    setCode(undefined);
    route('/qr', true);
  };
  return (
    <Page title={scan.title} back="/settings">
      <div class="column" aria-live="polite">
        {outcome ? (
          <Ended outcome={outcome} onAgain={again} />
        ) : code ? (
          <AskAboutQr key={code} code={code} onEnd={setOutcome} onAgain={again} />
        ) : (
          <Scanner onCode={setCode} />
        )}
      </div>
    </Page>
  );
};

export default QrPage;
