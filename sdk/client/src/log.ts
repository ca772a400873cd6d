import { toError } from './errors.ts';

/** What a log must be able to do. A pino logger fits, and so does `console`. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => {};
/** The default: a library does not write where nobody asked it to. */
export const SILENT: Log = { info: nothing, warn: nothing, error: nothing };

/** A callback of the application that can do no harm here: what it throws is a log line. */
export function guarded<T>(
  callback: ((value: T) => void) | undefined,
  log: Log,
  name: string,
): (value: T) => void {
  if (callback === undefined) return nothing;
  const failed = (thrown: unknown): void =>
    log.error({ error: toError(thrown) }, `nats: ${name} threw`);
  return (value) => {
    try {
      const result: unknown = callback(value);
      if (result instanceof Promise) result.catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  };
}
