import { readFileSync, writeFileSync } from 'node:fs';
import { MADE_DOCUMENTS } from './documents.ts';

/** `npm run docs`: makes what is generated in docs/, and the types of the client. */
for (const { file, make } of MADE_DOCUMENTS) writeFileSync(file, make(readFileSync(file, 'utf8')));
