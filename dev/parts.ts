/** Something that runs until it is closed. */
export interface Part {
  close(): Promise<void>;
}

/** What was started and has to be ended, whatever happens meanwhile. */
export class Parts {
  readonly #running: { readonly name: string; readonly part: Part }[] = [];
  #ended = false;

  /** Keeps what is being started, to end it later; at once when the end has begun meanwhile. Rejects as `starting` does. */
  async keep<Kept extends Part>(name: string, starting: Promise<Kept>): Promise<Kept> {
    const part = await starting;
    if (this.#ended) await part.close();
    else this.#running.push({ name, part });
    return part;
  }

  /** Ends all, side by side. One that fails keeps no other from its end; the returned lines say what failed. */
  async close(): Promise<string[]> {
    this.#ended = true;
    const parts = this.#running.splice(0);
    const outcomes = await Promise.allSettled(parts.map(async ({ part }) => part.close()));
    return outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected'
        ? [`${parts[index]?.name} did not end cleanly: ${outcome.reason}`]
        : [],
    );
  }
}
