import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** Our own log: one JSON object a line, on stderr unless told otherwise. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: { service: 'hopline' } };
  return pino(options, destination ?? pino.destination({ fd: 2, sync: false }));
}
