import { useStore } from 'aist-client/preact';
import { useEffect, useState } from 'preact/hooks';
import { client } from '../../app/client.ts';
import { attempt } from '../../app/errors.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Row } from '../../parts/list.tsx';

/** Blocks somebody, after a question, or does so no longer. */
export const Blocking = ({ user }: { user: string }) => {
  const { frame, chats: text } = useStore(words);
  const [isBlocked, setIsBlocked] = useState<boolean | undefined>();
  const [isAsked, setIsAsked] = useState(false);
  useEffect(() => {
    let isGone = false;
    client.attempt('listBlocked').then(
      (tried) => {
        if (!isGone && tried.ok) setIsBlocked(tried.answer.some(({ id }) => id === user));
      },
      () => undefined,
    );
    return () => {
      isGone = true;
    };
  }, [user]);
  const set = async (blocked: boolean) => {
    const name = blocked ? 'blockUser' : 'unblockUser';
    if (await attempt(() => client.request(name, { id: user }))) setIsBlocked(blocked);
    setIsAsked(false);
  };
  if (isBlocked)
    return <Row icon="block" title={text.unblock} text={text.blocked} onPress={() => set(false)} />;
  if (!isAsked)
    return <Row icon="block" title={text.block} danger onPress={() => setIsAsked(true)} />;
  return (
    <li class="asked">
      <p>
        <strong>{text.blockAsk}</strong> {text.blockText}
      </p>
      <div class="buttons">
        <Button look="plain" onPress={() => setIsAsked(false)}>
          {frame.cancel}
        </Button>
        <Button look="danger" onPress={() => set(true)}>
          {text.block}
        </Button>
      </div>
    </li>
  );
};
