import type { ShownMessage } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { client } from '../../app/client.ts';
import { readPicture, readVideo } from '../../app/links.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Spinner } from '../../parts/spinner.tsx';

/** Addresses of long attachments, which come only with the message itself, by message. */
const read = new Map<string, string>();

/** Reads the address of a long attachment once it comes into sight. */
const useUrl = (chat: string, message: ShownMessage) => {
  const { id: messageId, attachment } = message;
  const place = useRef<HTMLDivElement>(null);
  const known = attachment?.url ?? (messageId && read.get(messageId));
  const [url, setUrl] = useState<string | undefined>(known);
  const [failed, setFailed] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const { current } = place;
    if (known !== undefined) setUrl(known);
    if (known !== undefined || !messageId || !current) return undefined;
    const watcher = new IntersectionObserver(async ([entry]) => {
      if (!entry?.isIntersecting) return;
      watcher.disconnect();
      const tried = await client.attempt('getMessage', { id: chat, messageId });
      const found = tried.ok ? tried.answer.attachment?.url : undefined;
      if (found) read.set(messageId, found);
      setUrl(found);
      setFailed(found === undefined);
    });
    watcher.observe(current);
    return () => watcher.disconnect();
  }, [chat, messageId, known, tries]);
  const retry = () => {
    setFailed(false);
    setTries(tries + 1);
  };
  return { place, url, failed, retry };
};

const Picture = ({ url }: { url: string }) => {
  const { chats: text } = useStore(words);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="picture"
        aria-label={text.showPicture}
        onClick={() => setIsOpen(true)}
      >
        <img src={url} alt={text.picture} loading="lazy" decoding="async" />
      </button>
      {isOpen && (
        <Dialog title={text.picture} onClose={() => setIsOpen(false)}>
          <img class="whole-picture" src={url} alt={text.picture} />
        </Dialog>
      )}
    </>
  );
};

/** A video opens in a tab of its own, or plays in a dialog when it came with the message. */
const Video = ({ url }: { url: string }) => {
  const { chats: text } = useStore(words);
  const [played, setPlayed] = useState<string | undefined>();
  const video = readVideo(url);
  useEffect(() => () => played && URL.revokeObjectURL(played), [played]);
  if (typeof video === 'string')
    return (
      <a class="video-link" href={video} target="_blank" rel="noopener noreferrer nofollow">
        <Icon name="video" /> {text.openVideo}
      </a>
    );
  if (!video) return <p class="dim">{text.notShown}</p>;
  return (
    <>
      <Button
        look="plain"
        icon="video"
        onPress={() => setPlayed(URL.createObjectURL(video as Blob))}
      >
        {text.openVideo}
      </Button>
      {played && (
        <Dialog title={text.video} onClose={() => setPlayed(undefined)}>
          {/* biome-ignore lint/a11y/useMediaCaption: what people send has none. */}
          <video class="whole-picture" src={played} controls autoplay playsInline />
        </Dialog>
      )}
    </>
  );
};

/** The picture or video of a message: none but `data:` files of known types and `https:`. */
export const AttachmentView = ({ chat, message }: { chat: string; message: ShownMessage }) => {
  const { frame, chats: text } = useStore(words);
  const { place, url, failed, retry } = useUrl(chat, message);
  if (failed)
    return (
      <button type="button" class="text-button" onClick={retry}>
        {frame.retry}
      </button>
    );
  if (url === undefined)
    return (
      <div class="picture-waits" ref={place}>
        <Spinner />
      </div>
    );
  if (message.attachment?.type === 'video') return <Video url={url} />;
  const picture = readPicture(url);
  return picture ? <Picture url={picture} /> : <p class="dim">{text.notShown}</p>;
};
