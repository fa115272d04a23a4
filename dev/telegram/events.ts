import type { Chats } from './chats.ts';

/**
 * Streams the chats as `text/event-stream`: first `chats` with all of them, then `chat` with each
 * that changes. Each event has whole chats, so a page that reconnects has missed nothing. The
 * stream ends when the reader goes.
 */
export const streamChats = (chats: Chats): Response => {
  let unsubscribe = () => {};
  const encoder = new TextEncoder();
  const frame = (event: string, data: unknown) =>
    encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode('retry: 1000\n\n'));
      controller.enqueue(frame('chats', chats.list()));
      unsubscribe = chats.subscribe((chat) => controller.enqueue(frame('chat', chat)));
    },
    cancel: () => unsubscribe(),
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  });
};
