import { createStore, isAistError } from 'aist-client/index';
import { client } from './client.ts';

/** How a nickname that is being typed stands. */
export type NicknameState = 'empty' | 'mine' | 'short' | 'signs' | 'checking' | 'free' | 'taken';

/** How long typing has to pause before the server is asked, in milliseconds. */
const PAUSE_MS = 400;

/** Brings a nickname to the form it is kept in, as far as that is beyond doubt. */
export const toNickname = (typed: string): string => typed.trim().replace(/^@/, '').toLowerCase();

const formOf = (nickname: string, mine: string): NicknameState => {
  if (nickname === '') return 'empty';
  if (nickname === mine) return 'mine';
  if (!/^[a-z0-9_]*$/.test(nickname)) return 'signs';
  return nickname.length < 2 ? 'short' : 'checking';
};

/**
 * Checks a nickname while it is typed: its form at once, and after a pause whether somebody has it.
 * The answer is a hint, since the server decides when it is saved.
 */
export const createNicknameCheck = (mine: string) => {
  const state = createStore<NicknameState>('empty');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = new AbortController();

  const ask = async (nickname: string, { signal: aborted }: AbortController) => {
    try {
      const found = await client.request('searchPeople', { q: nickname }, { signal: aborted });
      state.set(found.some(({ username }) => username === nickname) ? 'taken' : 'free');
    } catch (error) {
      // Without an answer nothing is said: saving tells.
      if (!aborted.aborted && isAistError(error)) state.set('empty');
    }
  };

  return {
    state,
    check: (typed: string): void => {
      clearTimeout(timer);
      asked.abort();
      asked = new AbortController();
      const nickname = toNickname(typed);
      state.set(formOf(nickname, mine));
      if (state.get() === 'checking') timer = setTimeout(() => void ask(nickname, asked), PAUSE_MS);
    },
    end: (): void => {
      clearTimeout(timer);
      asked.abort();
    },
  };
};
