/**
 * How many frames of a connection are dropped after it was closed: what was on its way by then. A
 * client that goes on after that has no intention to close.
 */
export const DROPPED_LIMIT = 1_000;

/** A connection of a room that does not sleep, on workerd. */
interface Listening {
  addEventListener(type: 'message', listener: () => void): void;
}

/**
 * Cuts off a client that goes on sending after its connection was closed. Nothing else ends the
 * reading of a WebSocket on workerd before its client answers the close: what a listener throws does.
 */
export const cutWhenFlooding = (connection: Listening): void => {
  let dropped = 0;
  connection.addEventListener('message', () => {
    dropped += 1;
    if (dropped > DROPPED_LIMIT) throw new Error('A client goes on sending after its close');
  });
};
