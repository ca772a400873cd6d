import { boundParams } from '../queries/bounds.ts';
import { internalParams } from '../queries/subject-sql.ts';
import { FINE } from './levels.ts';
import { type RolledBounds, rangePlan } from './range.ts';
import { rolledRows } from './rolled-rows.ts';
import type { Source } from './source.ts';
import { IS_TRAFFIC_MARK, TRAFFIC_COLUMNS, type TrafficFact, trafficRows } from './traffic-rows.ts';

/**
 * Rows of traffic (TRAFFIC_COLUMNS) of the given facts within the bounds: from the rollups as far as they
 * reach, of the rest from spans and server events. No bucket crosses a border between steps.
 */
export function rolledTraffic(
  args: RolledBounds,
  facts: readonly TrafficFact[],
  stepSeconds?: number,
): Source {
  const plan = rangePlan(args, stepSeconds);
  const parts = rolledRows(plan, {
    table: 'traffic',
    columns: TRAFFIC_COLUMNS,
    isMark: IS_TRAFFIC_MARK,
    where: `fact IN (${facts.map((fact) => `'${fact}'`).join(', ')})`,
  });
  if (plan.rest) {
    const { from, to } = plan.rest;
    const params = {
      ...boundParams({ ...args, from, to }),
      ...internalParams,
      grain: FINE.seconds,
    };
    for (const fact of facts) parts.push({ sql: trafficRows(fact), params });
  }
  return {
    sql: `(${parts.map(({ sql }) => sql).join('\n UNION ALL ')})`,
    params: Object.assign({}, ...parts.map(({ params }) => params)),
  };
}
