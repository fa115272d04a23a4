/** The forms of a noun beside a number; Russian has all, English `one` and `other`. */
export interface Forms {
  readonly one: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

const rules = { ru: new Intl.PluralRules('ru'), en: new Intl.PluralRules('en') };

/** Makes what says a number with its noun: `5 звонков`. */
export const plural =
  (language: keyof typeof rules, forms: Forms) =>
  (count: number): string => {
    const form = rules[language].select(count);
    const noun =
      (form === 'one' || form === 'few' || form === 'many' ? forms[form] : undefined) ??
      forms.other;
    return `${count} ${noun}`;
  };
