import { Icon } from './icon.tsx';

/** Hues that are told apart, and are readable with white letters in both themes. */
const HUES = 8;

const hueOf = (id: string): number => {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 4_294_967_296;
  return sum % HUES;
};

/** The first letters of up to two words; of emoji and scripts without case as well. */
const initialsOf = (name: string): string => {
  const words = name.trim().split(/\s+/).filter(Boolean).slice(0, 2);
  const segments = new Intl.Segmenter();
  return words
    .map((word) => segments.segment(word)[Symbol.iterator]().next().value?.segment ?? '')
    .join('')
    .toUpperCase();
};

interface AvatarProps {
  /** Decides the colour: the same person has the same one everywhere. */
  readonly id: string;
  readonly name: string;
  /** An address of a picture, if there is one. */
  readonly photo?: string | undefined;
  readonly size?: 32 | 40 | 48 | 64 | 96 | 128;
}

/** The face of a person or a chat; the name beside it says who it is. */
export const Avatar = ({ id, name, photo, size = 48 }: AvatarProps) => (
  <span class={`avatar size-${size} hue-${hueOf(id)}`} aria-hidden="true">
    {photo ? (
      <img src={photo} alt="" loading="lazy" decoding="async" />
    ) : (
      initialsOf(name) || <Icon name="person" size={24} />
    )}
  </span>
);
