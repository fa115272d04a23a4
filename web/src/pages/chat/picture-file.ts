/** The longest side of a picture that is sent, in pixels. */
const LONGEST = 1_600;

/** The most characters that a picture may have as an address: a message holds 1.5 MiB. */
const MOST = 1_300_000;

const QUALITIES = [0.85, 0.7, 0.5, 0.35] as const;

/** Why a file is not sent. */
export type PictureProblem = 'notAPicture' | 'tooLarge';

/** A file that cannot be sent as a picture. */
export class PictureError extends Error {
  readonly problem: PictureProblem;
  constructor(problem: PictureProblem) {
    super(problem);
    this.problem = problem;
  }
}

const readAsUrl = (file: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

const draw = async (file: Blob): Promise<HTMLCanvasElement> => {
  const image = await createImageBitmap(file).catch(() => {
    throw new PictureError('notAPicture');
  });
  const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const context = canvas.getContext('2d');
  if (!context) throw new PictureError('notAPicture');
  // What is transparent would be black otherwise.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas;
};

/**
 * Makes the address of a picture that is sent: drawn anew, so that what cameras write into files
 * (the place, say) stays here.
 *
 * @throws {PictureError}
 */
export const encodePicture = async (file: Blob): Promise<string> => {
  if (!file.type.startsWith('image/')) throw new PictureError('notAPicture');
  // Drawing would keep only the first picture of a film.
  if (file.type === 'image/gif' && file.size < MOST / 1.4) return readAsUrl(file);
  const canvas = await draw(file);
  for (const quality of QUALITIES) {
    const url = canvas.toDataURL('image/jpeg', quality);
    if (url.length <= MOST) return url;
  }
  throw new PictureError('tooLarge');
};
