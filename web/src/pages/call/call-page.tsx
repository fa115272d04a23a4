import { words } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

/** The page of call. */
const CallPage = () => {
  const { frame } = words.value;
  return (
    <Page title={frame.calls}>
      <Empty icon="call" title={frame.soon} />
    </Page>
  );
};

export default CallPage;
