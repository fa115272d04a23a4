import { useStore } from 'aist-client/preact';
import { words } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

/** Says that there is no such page. */
export const NotFoundPage = () => {
  const { frame } = useStore(words);
  return (
    <Page title={frame.notFoundTitle}>
      <Empty icon="search" title={frame.notFoundTitle} text={frame.notFoundText}>
        <a class="button" href="/">
          {frame.toChats}
        </a>
      </Empty>
    </Page>
  );
};
