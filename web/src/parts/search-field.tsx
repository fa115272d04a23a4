import { Icon } from './icon.tsx';

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

/** A field to search in; its label is for those who do not see the lens, and stands in it. */
export const SearchField = ({ label, value, onInput }: SearchFieldProps) => (
  <search class="search">
    <Icon name="search" size={20} />
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      autocomplete="off"
      spellcheck={false}
      maxLength={64}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  </search>
);
