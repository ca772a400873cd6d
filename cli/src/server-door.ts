import type { startServer } from '@hopline/server';

/** The server's door as types only: the code behind it is loaded by `hopline up` alone. */
export type ServerInput = NonNullable<Parameters<typeof startServer>[0]>;
export type RunningServer = Awaited<ReturnType<typeof startServer>>;
