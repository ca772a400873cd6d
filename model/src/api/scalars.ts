import { z } from 'zod';
import { FATES } from '../fate.ts';
import { STAGES } from '../stages.ts';

/** Nanoseconds since the Unix epoch, decimal: JSON numbers lose precision above 2^53. */
export const unixNsString = z.string().regex(/^\d+$/).meta({ description: 'Unix time in ns' });
/** A duration in nanoseconds, decimal, may be negative. */
export const durationNsString = z
  .string()
  .regex(/^-?\d+$/)
  .meta({ description: 'duration in ns' });
export const traceIdString = z.string().regex(/^[0-9a-f]{32}$/);
export const spanIdString = z.string().regex(/^[0-9a-f]{16}$/);
export const messageIdString = z.string().regex(/^[0-9a-f]{32}-[0-9a-f]{16}$/);
export const fate = z.enum(FATES);
export const stageName = z.enum(STAGES);
/** A stage of a delivery, or `total`: from publish to the end of the handler. */
export const stageOrTotal = z.enum([...STAGES, 'total']);
export const provenance = z.enum(['measured', 'derived', 'adjusted', 'unknown']);
export const attributes = z.record(z.string(), z.string());

/** How we know a node or an edge. */
export const evidence = z.enum(['client spans', 'server events', 'configuration', 'advisories']);

/**
 * A time range; both ends Unix ns. Without `from` the last 15 minutes before `to`; without `to` now.
 */
export const timeRangeQuery = z.object({
  from: unixNsString.optional(),
  to: unixNsString.optional(),
});
