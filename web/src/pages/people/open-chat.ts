import { attempt } from '../../app/errors.ts';
import { goTo } from '../../app/go.ts';
import { chats } from '../../app/live/live.ts';

/** Opens the chat with somebody. */
export const openChatWith = (user: string): Promise<boolean> =>
  attempt(async () => goTo(`/c/${(await chats.withUser(user)).id}`));
