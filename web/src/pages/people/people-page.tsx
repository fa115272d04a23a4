import { words } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

/** The page of people. */
const PeoplePage = () => {
  const { frame } = words.value;
  return (
    <Page title={frame.people}>
      <Empty icon="people" title={frame.soon} />
    </Page>
  );
};

export default PeoplePage;
