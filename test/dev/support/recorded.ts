import { neonConfig } from '@neondatabase/serverless';

/** A node of a plan, as `explain (format json)` has it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  /** How many rows came of each of the loops, where the statement was run for its plan. */
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly PlanNode[];
}

interface Query {
  readonly query: string;
  readonly params: readonly unknown[];
}

type Send = (input: string, init: RequestInit) => Promise<Response>;

/**
 * Records what the driver sends while something runs.
 *
 * @returns the statements with their parameters, and how to send others the same way
 */
const record = async (run: () => Promise<unknown>) => {
  const send: Send = neonConfig.fetchFunction;
  const sent: { input: string; init: RequestInit }[] = [];
  neonConfig.fetchFunction = (input: string, init: RequestInit) => {
    sent.push({ input, init });
    return send(input, init);
  };
  try {
    await run();
  } finally {
    neonConfig.fetchFunction = send;
  }
  return { sent, send };
};

/**
 * Runs a function of a store, and asks the database how it plans each statement that was sent, with
 * the parameters that were sent.
 *
 * @param options those of `explain`; with `analyze` the statements are run once more
 */
export const plansOf = async (
  run: () => Promise<unknown>,
  options = 'format json',
): Promise<PlanNode[]> => {
  const { sent, send } = await record(run);
  const plans: PlanNode[] = [];
  for (const { input, init } of sent) {
    const body: Query | { queries: Query[] } = JSON.parse(String(init.body));
    for (const { query, params } of 'queries' in body ? body.queries : [body]) {
      const explained = JSON.stringify({ query: `explain (${options}) ${query}`, params });
      const response = await send(input, { ...init, body: explained });
      const { rows } = (await response.json()) as { rows: (string | unknown[])[][] };
      const [[text] = []] = rows;
      const [{ Plan }] = typeof text === 'string' ? JSON.parse(text) : (text as never);
      plans.push(Plan);
    }
  }
  return plans;
};

/** All nodes of a plan. */
export const nodesOf = (plan: PlanNode): PlanNode[] => [
  plan,
  ...(plan.Plans ?? []).flatMap(nodesOf),
];
