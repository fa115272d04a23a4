import { useEffect, useRef } from 'preact/hooks';

interface VideoViewProps {
  readonly stream: MediaStream;
  readonly label: string;
  readonly look?: 'cover' | 'whole';
}

/** A picture without its sound, which the call itself plays. */
export const VideoView = ({ stream, label, look = 'cover' }: VideoViewProps) => {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const { current } = video;
    if (!current) return;
    // Set by hand: as an attribute it comes too late for browsers that hold sound back.
    current.muted = true;
    if (current.srcObject !== stream) current.srcObject = stream;
    current.play().catch(() => undefined);
  }, [stream]);
  useEffect(() => {
    const { current } = video;
    return () => {
      // Chromium keeps a picture that has left the page for as long as it has something to play.
      if (current && document.pictureInPictureElement !== current) current.srcObject = null;
    };
  }, []);
  return (
    <video ref={video} class={`video ${look}`} aria-label={label} autoplay muted playsInline />
  );
};
