import { join } from 'node:path';
import { makeOperations } from './operations.ts';
import { makeProtocol } from './protocol.ts';
import { makeReference } from './reference.ts';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');

/** A document of docs/ that is made here, whole or in part. */
export interface MadeDocument {
  readonly file: string;
  /** The document as it has to be, from what the file holds. */
  readonly make: (text: string) => string;
}

/** Every document that `npm run docs` makes. */
export const MADE_DOCUMENTS: readonly MadeDocument[] = [
  { file: join(DOCS, 'operations.md'), make: makeOperations },
  { file: join(DOCS, 'protocol.md'), make: makeProtocol },
  { file: join(DOCS, 'reference.md'), make: makeReference },
];
