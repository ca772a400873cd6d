import { ATTR } from '@hopline/model';
import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

/** Messages of one service that name one schema, written or read. */
export interface SchemaUsageRow {
  /** As the spans say it; '' when not told. So are the next two. */
  schema_subject: string;
  schema_version: string;
  schema_id: string;
  service: string;
  is_producer: 0 | 1;
  messages: string;
  /** Of them those that could not be decoded. */
  failures: string;
  /** Why, at most 10. */
  errors: string[];
  /** Patterns of the messages' subjects, at most 20. */
  subject_patterns: string[];
  /** Unix ns. */
  last_seen: string;
}

/**
 * Who writes and who reads messages with a schema. A message counts once a side: where it was sent, and
 * where it was handled. A failure counts wherever it was met, in a span of the application too.
 */
export function schemaUsage(
  database: Database,
  args: Bounds & { limit: number },
): Promise<SchemaUsageRow[]> {
  const isMessage = "kind = 'PRODUCER' OR (kind = 'CONSUMER' AND operation_type = 'process')";
  return database.query<SchemaUsageRow>({
    tag: 'schema-usage',
    sql: `SELECT schema_subject, attributes['${ATTR.schemaVersion}'] AS schema_version, schema_id, service,
        kind = 'PRODUCER' AS is_producer,
        toString(uniq(reinterpretAsUInt64(span_id))) AS messages,
        toString(uniqIf(reinterpretAsUInt64(span_id), schema_error != '')) AS failures,
        groupUniqArrayIf(10)(schema_error, schema_error != '') AS errors,
        groupUniqArrayIf(20)(subject_pattern, subject_pattern != '') AS subject_patterns,
        toString(toUnixTimestamp64Nano(max(start))) AS last_seen
      FROM spans
      PREWHERE (schema_subject != '' OR schema_id != '' OR schema_error != '') AND ${within('start')}
      WHERE ${isMessage} OR schema_error != ''
      GROUP BY ALL ORDER BY count() DESC LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
