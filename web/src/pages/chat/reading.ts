import type { ListedChat, OpenChat } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** How far from the end still counts as being there, in pixels. */
const NEAR = 80;

/** From so many screens away the list moves to its end at once. */
const SMOOTH_SCREENS = 2;

/** Whether the person can see the page. */
const isLookedAt = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

/**
 * Where a chat is read: whether its end is in sight, the line above what was unread when it was
 * opened, and the mark, which moves when the person sees the end.
 */
export const useReading = (chat: OpenChat, about: ListedChat) => {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const [unreadAfter] = useState(() => (about.unread > 0 ? about.readSeq : undefined));
  const messages = useStore(chat.messages);
  const isShown = messages.length > 0;

  // The list grows upwards, so that its end is at 0.
  const look = useCallback(() => {
    const { current } = scroller;
    if (current) setIsAtEnd(Math.abs(current.scrollTop) < NEAR);
  }, []);
  const toEnd = useCallback(() => {
    const { current } = scroller;
    if (!current) return;
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    // On a long way messages get their real heights, and the browser stops moving short of the end.
    const isFar = Math.abs(current.scrollTop) > SMOOTH_SCREENS * current.clientHeight;
    current.scrollTo({ top: 0, behavior: isCalm || isFar ? 'auto' : 'smooth' });
  }, []);

  useEffect(() => {
    const { current } = scroller;
    current?.addEventListener('scroll', look, { passive: true });
    return () => current?.removeEventListener('scroll', look);
  }, [look]);

  useEffect(() => {
    if (!isShown) return;
    scroller.current?.querySelector('.unread-line')?.scrollIntoView({ block: 'center' });
    look();
  }, [isShown, look]);

  // What I send is shown, wherever I was reading.
  const last = messages.at(-1);
  const mine = last?.fromMe ? last.key : undefined;
  useEffect(() => {
    const { current } = scroller;
    if (mine !== undefined && current) current.scrollTop = 0;
  }, [mine]);

  useEffect(() => {
    const read = () => {
      if (isAtEnd && messages.length > 0 && isLookedAt()) chat.read();
    };
    read();
    addEventListener('focus', read);
    document.addEventListener('visibilitychange', read);
    return () => {
      removeEventListener('focus', read);
      document.removeEventListener('visibilitychange', read);
    };
  }, [chat, messages, isAtEnd]);

  return { scroller, isAtEnd, unreadAfter, toEnd };
};
