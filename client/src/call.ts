export { createCalls } from './call/calls.ts';
export type { CallErrorCode } from './call/error.ts';
export { CallError } from './call/error.ts';
export type {
  Call,
  Callee,
  CallMedia,
  CallReport,
  CallState,
  Calls,
  DeviceProblem,
  EndReason,
  Me,
  OwnDevice,
  Person,
  Quality,
} from './call/types.ts';
