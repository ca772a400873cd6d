/** What a log must be able to do. A pino logger fits, and so does `console`. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => {};
/** The default: a library does not write where nobody asked it to. */
export const SILENT: Log = { info: nothing, warn: nothing, error: nothing };
