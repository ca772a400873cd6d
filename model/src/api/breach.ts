import { z } from 'zod';

/** A threshold in the asset's own metadata (`io.nats.monitor.*`) that is passed. */
export const breach = z.object({
  /** `io.nats.monitor.outstanding-ack-critical` */
  key: z.string(),
  limit: z.number(),
  value: z.number(),
});

export type Breach = z.infer<typeof breach>;
