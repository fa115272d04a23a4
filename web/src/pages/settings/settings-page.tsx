import { words } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

/** The page of settings. */
const SettingsPage = () => {
  const { frame } = words.value;
  return (
    <Page title={frame.settings}>
      <Empty icon="settings" title={frame.soon} />
    </Page>
  );
};

export default SettingsPage;
