/** Looks for a QR code in a picture of a camera; undefined when there is none. */
export type ReadFrame = (video: HTMLVideoElement) => Promise<string | undefined>;

/** The browser's own reader, which TypeScript does not know. */
interface NativeReader {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface NativeReaderClass {
  new (options: { formats: readonly string[] }): NativeReader;
  getSupportedFormats(): Promise<readonly string[]>;
}

const openNative = async (): Promise<ReadFrame | undefined> => {
  const { BarcodeDetector: Native } = globalThis as { BarcodeDetector?: NativeReaderClass };
  if (!Native || !(await Native.getSupportedFormats()).includes('qr_code')) return undefined;
  const reader = new Native({ formats: ['qr_code'] });
  return async (video) => (await reader.detect(video))[0]?.rawValue;
};

/** The longer side of the picture that is searched, in pixels: more only takes longer. */
const SEARCHED = 640;

/** A reader in script, for browsers without one of their own: 15 KB that others do not load. */
const openScripted = async (): Promise<ReadFrame> => {
  const { decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, SEARCHED / Math.max(video.videoWidth, video.videoHeight, 1));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!context || canvas.width === 0) return undefined;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return undefined;
    }
  };
};

/** Opens the reader that this browser is best with. */
export const openReader = async (): Promise<ReadFrame> =>
  (await openNative().catch(() => undefined)) ?? (await openScripted());
