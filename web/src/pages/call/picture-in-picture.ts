/** The picture that is shown largest and can float. */
const findVideo = (): HTMLVideoElement | undefined => {
  const videos = [...document.querySelectorAll<HTMLVideoElement>('.stage .tile video')];
  const sizeOf = ({ clientWidth, clientHeight }: HTMLVideoElement) => clientWidth * clientHeight;
  return videos.sort((one, other) => sizeOf(other) - sizeOf(one))[0];
};

/** Whether there is a picture that this browser can show over other programs. */
export const canFloat = (): boolean =>
  document.pictureInPictureEnabled && findVideo() !== undefined;

/** Shows the largest picture over other programs, or puts it back. */
export const floatVideo = async (): Promise<void> => {
  if (document.pictureInPictureElement) return document.exitPictureInPicture();
  await findVideo()?.requestPictureInPicture();
};
