import type { MeasureName } from './measures.ts';
import { isMeasure, MEASURE_NAMES, MEASURES } from './measures.ts';

/** What was asked for. */
export interface Order {
  readonly isQuick: boolean;
  readonly names: readonly MeasureName[];
  /** Whether measures were named: then they run however long all together take. */
  readonly isNamed: boolean;
}

/**
 * Reads what was asked for.
 *
 * @param hasBrowser whether calls between browsers can be measured
 * @throws {Error} for a name that is none
 */
export const readOrder = (args: readonly string[], hasBrowser: boolean): Order => {
  const isQuick = args.includes('--quick');
  const given = args.filter((arg) => arg !== '--quick');
  const unknown = given.find((name) => !isMeasure(name));
  if (unknown !== undefined)
    throw new Error(`There is no measure "${unknown}". These are: ${MEASURE_NAMES.join(', ')}`);
  if (given.length > 0) return { isQuick, names: given.filter(isMeasure), isNamed: true };
  const names = MEASURE_NAMES.filter((name) => {
    const { isUsual, isQuick: hasTime } = MEASURES[name];
    return (isQuick ? hasTime : isUsual) && (name !== 'sdk-call' || hasBrowser);
  });
  return { isQuick, names, isNamed: false };
};
