import { isAistError } from 'aist-client/index';
import { useStore } from 'aist-client/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { client } from '../app/client.ts';
import { errorText } from '../app/error-text.ts';
import type { Profile } from '../app/me.ts';
import { me } from '../app/me.ts';
import type { NicknameState } from '../app/nickname.ts';
import { createNicknameCheck, toNickname } from '../app/nickname.ts';
import { words } from '../app/words.ts';
import { Button } from './button.tsx';
import { Field } from './field.tsx';

interface ProfileFormProps {
  readonly profile: Profile;
  readonly action: string;
  readonly onSaved: () => void;
  /** Further buttons. */
  readonly children?: ComponentChildren;
}

/** What stands below the nickname: a hint, or what is wrong. */
const notesOf = (state: NicknameState, nickname: string) => {
  const { settings } = words.get();
  const wrong = { short: settings.nicknameShort, signs: settings.nicknameSigns };
  const hints = {
    mine: settings.nicknameMine,
    checking: settings.nicknameChecking,
    free: settings.nicknameFree(nickname),
  };
  if (state === 'taken') return { error: settings.nicknameTaken };
  if (state === 'short' || state === 'signs') return { error: wrong[state] };
  return { hint: state === 'empty' ? settings.nicknameHint : hints[state] };
};

/** Name and nickname, which is checked as one types. */
export const ProfileForm = ({ profile, action, onSaved, children }: ProfileFormProps) => {
  const { settings } = useStore(words);
  const [name, setName] = useState(profile.displayName);
  const [nickname, setNickname] = useState(profile.username);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<{ nickname?: string; other?: string }>({});
  const check = useMemo(() => createNicknameCheck(profile.username), [profile.username]);
  useEffect(() => check.end, [check]);
  const state = useStore(check.state);

  const save = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setRefusal({});
    try {
      const saved = await client.request('updateProfile', {
        displayName: name,
        username: toNickname(nickname),
      });
      me.set({ ...profile, ...saved });
      onSaved();
    } catch (error) {
      const isAboutNickname =
        isAistError(error) && /^username_/.test((error as { code: string }).code);
      setRefusal(isAboutNickname ? { nickname: errorText(error) } : { other: errorText(error) });
    }
    setBusy(false);
  };

  const notes = refusal.nickname
    ? { error: refusal.nickname }
    : notesOf(state, toNickname(nickname));
  return (
    <form class="form" onSubmit={(event) => void save(event)}>
      <Field
        label={settings.name}
        value={name}
        onInput={setName}
        hint={settings.nameHint}
        autocomplete="name"
        autocapitalize="words"
        maxLength={128}
      />
      <Field
        label={settings.nickname}
        value={nickname}
        onInput={(typed) => {
          setNickname(typed);
          setRefusal({});
          check.check(typed);
        }}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={33}
        {...notes}
      />
      {refusal.other && (
        <p class="error" role="alert">
          {refusal.other}
        </p>
      )}
      <Button type="submit" busy={busy} wide>
        {action}
      </Button>
      {children}
    </form>
  );
};
