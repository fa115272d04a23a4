/** How long a client may take to answer the close of a room that is over, in milliseconds. */
export const CLOSE_MS = 5_000;

/** The connections of a room that are open, also those that were told to close. */
export class OpenConnections {
  readonly #ids = new Set<string>();

  add(id: string): void {
    this.#ids.add(id);
  }

  delete(id: string): void {
    this.#ids.delete(id);
  }

  /**
   * Ends a room that is over with those that do not answer their close, which would keep it in
   * memory for as long as they like. A room without connections ends by itself: a timer would delay
   * that.
   */
  endRoomLater(end: () => void): void {
    if (this.#ids.size === 0) return;
    setTimeout(() => {
      if (this.#ids.size > 0) end();
    }, CLOSE_MS);
  }
}
