import type { Chats } from './chats.ts';

/**
 * A `text/event-stream` of the chats: first `chats` with all of them, then `chat` with each one that changes. Each event
 * carries whole chats, so a page that reconnects has missed nothing. Ends when the reader goes.
 */
export const chatEvents = (chats: Chats): Response => {
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
