import type { Call } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { useEffect, useState } from 'preact/hooks';
import { attempt } from '../../app/errors.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Loading } from '../../parts/states.tsx';
import { showToast } from '../../parts/toast.tsx';

/** Gives the text to the person as a file. */
const save = (text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'aist-call.json';
  link.click();
  URL.revokeObjectURL(url);
};

/** What is known of a call for finding faults, shown whole before anybody sends it anywhere. */
export const ReportDialog = ({ call, onClose }: { call: Call; onClose: () => void }) => {
  const { calls: text, chats } = useStore(words);
  const [report, setReport] = useState<string | undefined>();
  useEffect(() => {
    let isGone = false;
    void attempt(async () => {
      const made = JSON.stringify(await call.report(), null, 2);
      if (!isGone) setReport(made);
    });
    return () => {
      isGone = true;
    };
  }, [call]);
  const copy = () =>
    attempt(async () => {
      await navigator.clipboard.writeText(report ?? '');
      showToast({ text: chats.copied });
    });
  return (
    <Dialog title={text.wrongTitle} onClose={onClose}>
      <p>{text.wrongText}</p>
      {report === undefined ? (
        <Loading />
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys. */}
          <pre class="report" tabIndex={0}>
            {report}
          </pre>
          <div class="buttons">
            <Button look="plain" onPress={() => save(report)}>
              {text.saveReport}
            </Button>
            <Button onPress={copy}>{text.copyReport}</Button>
          </div>
        </>
      )}
    </Dialog>
  );
};
