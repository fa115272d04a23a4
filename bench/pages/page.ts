/** What a page that is measured offers, whatever it makes calls with. */
export interface MeasuredPage {
  /** Resolves once it can be called. */
  start(where: {
    readonly url: string;
    readonly id: string;
    readonly token: string;
  }): Promise<void>;
  call(to: string): Promise<void>;
  /** Whether a call rings that can be accepted. */
  rings(): boolean;
  /** Accepts it with microphone and camera. */
  accept(): Promise<void>;
  hangUp(): Promise<void>;
  /** What it knows of the call, for whoever looks for a fault. */
  describe(): Promise<unknown>;
  /** Whether there is no call, so that the next one can begin. */
  isIdle(): boolean;
}

/** What both ask a camera for. */
export const VIDEO = {
  width: { ideal: 1_280 },
  height: { ideal: 720 },
  facingMode: 'user',
} as const;
