/**
 * How many frames of a connection are dropped after it was closed: those that were on their way. A
 * client that sends more does not intend to close.
 */
export const DROPPED_LIMIT = 1_000;

/** A connection of a room that does not sleep, on workerd. */
interface Listening {
  addEventListener(type: 'message', listener: () => void): void;
}

/**
 * Cuts off a client that goes on sending after its connection was closed [C26]. workerd reads on
 * until the client answers the close, and stops only when a listener throws.
 */
export const cutWhenFlooding = (connection: Listening): void => {
  let dropped = 0;
  connection.addEventListener('message', () => {
    dropped += 1;
    if (dropped > DROPPED_LIMIT) throw new Error('A client goes on sending after its close');
  });
};
