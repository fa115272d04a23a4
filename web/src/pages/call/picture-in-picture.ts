import type { Call } from 'aist-client/call';

/** The picture that is shown largest and can float. */
const findVideo = (): HTMLVideoElement | undefined => {
  const videos = [...document.querySelectorAll<HTMLVideoElement>('.stage .tile video')];
  const sizeOf = ({ clientWidth, clientHeight }: HTMLVideoElement) => clientWidth * clientHeight;
  return videos.sort((one, other) => sizeOf(other) - sizeOf(one))[0];
};

/** Whether there is a picture that this browser can show over other programs. */
export const canFloat = (): boolean =>
  document.pictureInPictureEnabled && findVideo() !== undefined;

/**
 * Shows the largest picture of a call over other programs until the call ends, also when its page
 * is left; or puts it back.
 */
export const floatVideo = async (call: Call): Promise<void> => {
  if (document.pictureInPictureElement) return document.exitPictureInPicture();
  const video = findVideo();
  if (!video) return;
  await video.requestPictureInPicture();
  const endHearing = call.state.subscribe(({ state }) => {
    if (state === 'ended') void document.exitPictureInPicture().catch(() => undefined);
  });
  const letGo = () => {
    endHearing();
    if (!video.isConnected) video.srcObject = null;
  };
  video.addEventListener('leavepictureinpicture', letGo, { once: true });
};
