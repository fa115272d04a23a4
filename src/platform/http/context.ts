import type { Language } from '../../contract/errors.ts';
import type { Log } from '../log.ts';

/** What middleware hands to the handlers of a request. */
export interface AppEnv {
  Variables: {
    /** UUID of this request: header X-Request-Id, every log line, `requestId` in answers. */
    requestId: string;
    /** The language that the request asks for, if it does. */
    language: Language | undefined;
    /** The log whose lines carry the request's id. */
    log: Log;
  };
}
