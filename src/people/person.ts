import { toShownName } from '../profile/names.ts';

/** A user as the database has them; null = unset. */
export interface PersonRow {
  readonly id: string;
  readonly username: string | null;
  readonly displayName: string | null;
}

/** A user as others see them; "" = unset. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
}

/** Makes what others see of somebody: the username in place of a display name nobody sees [M1]. */
export const toPerson = ({ id, username, displayName }: PersonRow): Person => ({
  id,
  username: username ?? '',
  displayName: toShownName(displayName ?? '') || (username ?? ''),
});
