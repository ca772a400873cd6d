import { z } from 'zod';

/** What could not be read, and why: what is listed of that part may lack it, and none is not 0. */
export const unknownPart = z.object({
  part: z.enum(['servers', 'streams and consumers', 'connections']),
  /** Name of the server that would tell, or its URL; '' where there is nobody to ask. */
  server: z.string(),
  /** In words. */
  reason: z.string(),
});

export type UnknownPart = z.infer<typeof unknownPart>;
export type ClusterPart = UnknownPart['part'];
