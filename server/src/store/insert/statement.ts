import type { Signal } from '@hopline/model';
import { sqlString } from '../chdb/literal.ts';
import type { Segment } from '../database.ts';
import { QueryFailed } from '../errors.ts';
import type { Adapter } from './adapter.ts';
import { ANY_VALUE_PROTO } from './any-value.ts';
import { adaptLogs } from './logs.ts';
import { adaptMetrics } from './metrics.ts';
import { adaptAdvisories, adaptAssets, adaptEvents, adaptHops } from './own-rows.ts';
import { adaptTraces } from './traces.ts';

const ADAPTERS: Record<Signal, Adapter> = {
  traces: adaptTraces(),
  logs: adaptLogs(),
  metrics: adaptMetrics(),
  hops: adaptHops(),
  advisories: adaptAdvisories(),
  assets: adaptAssets(),
  events: adaptEvents(),
};

/** There is no filter, join or order here to optimise; looking for some took a third of small inserts. */
const NO_OPTIMISER = { query_plan_enable_optimizations: 0, optimize_functions_to_subcolumns: 0 };

/**
 * Files the engine must find in its folder of format schemas. Not inline in the statement: the engine
 * keeps inline ones in files of its own, which two sessions, or a kill, can leave in each other's way.
 */
export function formatSchemas(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [signal, { proto }] of Object.entries(ADAPTERS)) {
    if (proto) files[`${signal}.proto`] = `syntax = "proto3";\n${ANY_VALUE_PROTO}${proto}`;
  }
  return files;
}

/** The statement that reads a whole segment into its table. Only the path and the token vary. */
export function insertStatement(segment: Segment): string {
  const adapter = ADAPTERS[segment.signal];
  if (/[*?{}]|::/.test(segment.path)) {
    throw new QueryFailed(
      `cannot insert segment ${segment.id}: the engine reads * ? { } and :: in ${segment.path} as patterns`,
    );
  }
  const arguments_ = [segment.path, adapter.format, adapter.structure].map(sqlString).join(', ');
  const settings = {
    ...NO_OPTIMISER,
    ...adapter.settings,
    ...(adapter.proto ? { format_schema: `${segment.signal}.proto:Root` } : {}),
    insert_deduplication_token: segment.id,
  };
  return [
    `INSERT INTO ${adapter.table} (${Object.keys(adapter.columns).join(', ')})`,
    `SETTINGS ${Object.entries(settings).map(assignment).join(', ')}`,
    `SELECT ${Object.values(adapter.columns).join(',\n')}`,
    `FROM (${adapter.from(`file(${arguments_})`)})`,
  ].join('\n');
}

const assignment = ([name, value]: [string, string | number]): string =>
  `${name} = ${typeof value === 'number' ? value : sqlString(value)}`;
