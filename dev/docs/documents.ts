import { join } from 'node:path';
import { makePerformance } from '../../bench/document.ts';
import { makeClientApi } from './client-api.ts';
import { makeClientContract } from './client-contract.ts';
import { makeOperations } from './operations.ts';
import { makeProtocol } from './protocol.ts';
import { makeReference } from './reference.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DOCS = join(ROOT, 'docs');

/** A document that is made here, whole or in part. */
export interface MadeDocument {
  readonly file: string;
  /** The document as it has to be, from what the file holds. */
  readonly make: (text: string) => string;
}

/** Everything that `npm run docs` makes. */
export const MADE_DOCUMENTS: readonly MadeDocument[] = [
  { file: join(DOCS, 'operations.md'), make: makeOperations },
  { file: join(DOCS, 'performance.md'), make: makePerformance },
  { file: join(DOCS, 'protocol.md'), make: makeProtocol },
  { file: join(DOCS, 'reference.md'), make: makeReference },
  { file: join(ROOT, 'client', 'src', 'contract.ts'), make: makeClientContract },
  { file: join(ROOT, 'client/api-report.md'), make: makeClientApi },
];
