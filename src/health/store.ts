import type { Database } from '../db/client.ts';
import { ask } from '../db/client.ts';
import { telegramLinks } from '../db/schema.ts';

/** Throws unless the database answers and has the tables of this version. */
export const checkDatabase = (db: Database): Promise<unknown> =>
  ask('readiness', db.select({ phone: telegramLinks.phone }).from(telegramLinks).limit(1), () => undefined);
