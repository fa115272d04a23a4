/** The header of a room of the same Worker that wants a channel; nobody else has a stub. */
export const CHANNEL = 'X-AIST-Channel';

/**
 * Accepts a channel of another room, which sends one text at a time and hears the answer to it, or
 * an empty text where there is none.
 */
export const acceptChannel = (tell: (text: string) => Promise<string | undefined>): Response => {
  const { 0: theirs, 1: ours } = new WebSocketPair();
  ours.accept();
  ours.addEventListener('message', async ({ data }) => {
    const answer = await tell(String(data));
    // A channel that has ended meanwhile has a sender that knows it.
    if (ours.readyState === WebSocket.OPEN) ours.send(answer ?? '');
  });
  ours.addEventListener('close', () => ours.close());
  return new Response(null, { status: 101, webSocket: theirs });
};
