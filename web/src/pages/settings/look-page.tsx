import { chooseLanguage, chooseTheme, chosenTheme, language, words } from '../../app/words.ts';
import { Choice } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';

/** Language and theme. */
export const LookPage = () => {
  const { settings } = words.value;
  return (
    <Page title={settings.look} back="/settings">
      <div class="column">
        <div class="group padded form">
          <Choice
            label={settings.language}
            value={language.value}
            options={[
              { value: 'ru', label: 'Русский' },
              { value: 'en', label: 'English' },
            ]}
            onChoose={chooseLanguage}
          />
          <Choice
            label={settings.theme}
            value={chosenTheme.value}
            options={[
              { value: 'system', label: settings.themes.system },
              { value: 'light', label: settings.themes.light },
              { value: 'dark', label: settings.themes.dark },
            ]}
            onChoose={chooseTheme}
          />
        </div>
      </div>
    </Page>
  );
};
