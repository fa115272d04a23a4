import type { ComponentChildren, Ref } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'search' | 'tel';
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly autocomplete?: string;
  readonly autocapitalize?: 'off' | 'words' | 'sentences' | 'characters';
  readonly spellcheck?: boolean;
  readonly maxLength?: number;
  readonly inputRef?: Ref<HTMLInputElement>;
}

/** A field for one line, with its label, and a hint or what is wrong below it. */
export const Field = (props: FieldProps) => {
  const { label, value, onInput, hint, error, inputRef = null, type = 'text', ...more } = props;
  const id = useId();
  const below = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...more}
        ref={inputRef}
        id={id}
        type={type as 'tel'}
        value={value}
        aria-invalid={error !== undefined}
        aria-describedby={below === undefined ? undefined : `${id}-below`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <div class={error === undefined ? 'hint' : 'error'} id={`${id}-below`} aria-live="polite">
        {below}
      </div>
    </div>
  );
};

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChoose: (value: Value) => void;
}

/** A choice of one among few, side by side. */
export const Choice = <Value extends string>(props: ChoiceProps<Value>) => {
  const { label, value, options, onChoose } = props;
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      <div class="options">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChoose(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
};

interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  readonly disabled?: boolean;
  readonly onChange: (on: boolean) => void;
}

/** Something that is on or off, and changes at once. */
export const Switch = ({ label, on, disabled, onChange }: SwitchProps) => (
  <label class="switch">
    <span>{label}</span>
    <input
      type="checkbox"
      role="switch"
      checked={on}
      aria-checked={on}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  </label>
);
