import * as z from 'zod';
import type { Device } from '../contract/http/sessions.ts';
import { DeviceFields, METHODS } from '../contract/http/sessions.ts';

/** What Redis keeps of a session beside its times. */
export const SessionRecord = z.object({ method: z.enum(METHODS), ...DeviceFields });

/** Formats how and where a session began, as the text that scripts keep. */
export const formatSessionRecord = (method: (typeof METHODS)[number], device: Device): string =>
  JSON.stringify({ method, ...device } satisfies z.input<typeof SessionRecord>);
