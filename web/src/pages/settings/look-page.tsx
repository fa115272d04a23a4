import { useStore } from 'aist-client/preact';
import { chooseLanguage, chooseTheme, chosenTheme, language, words } from '../../app/words.ts';
import { Choice } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';

/** Language and theme. */
export const LookPage = () => {
  const { settings } = useStore(words);
  return (
    <Page title={settings.look} back="/settings">
      <div class="column">
        <div class="group padded form">
          <Choice
            label={settings.language}
            value={useStore(language)}
            options={[
              { value: 'ru', label: 'Русский' },
              { value: 'en', label: 'English' },
            ]}
            onChoose={chooseLanguage}
          />
          <Choice
            label={settings.theme}
            value={useStore(chosenTheme)}
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
