import { words } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

/** The page of chats. */
const ChatsPage = () => {
  const { frame } = words.value;
  return (
    <Page title={frame.chats}>
      <Empty icon="chats" title={frame.soon} />
    </Page>
  );
};

export default ChatsPage;
