/** Why the store did not do what it was asked. `code` is stable, for the border's table of statuses. */
export abstract class StoreError extends Error {
  abstract readonly code: string;
}

/** The engine is down, restarting or overloaded: the same request may succeed later. */
export class StoreUnavailable extends StoreError {
  override readonly name = 'StoreUnavailable';
  readonly code = 'store_unavailable';
}

/** The engine refuses the statement itself; trying again does not help. */
export class QueryFailed extends StoreError {
  override readonly name = 'QueryFailed';
  readonly code = 'query_failed';
  /** ClickHouse's number of the error, when the engine gave one. */
  readonly engineCode: number | undefined;

  constructor(message: string, engineCode?: number, options?: ErrorOptions) {
    super(message, options);
    this.engineCode = engineCode;
  }
}

/** The question took longer than it was allowed to. */
export class QueryTimeout extends StoreError {
  override readonly name = 'QueryTimeout';
  readonly code = 'query_timeout';
  readonly timeoutMs: number;

  constructor(message: string, timeoutMs: number, options?: ErrorOptions) {
    super(message, options);
    this.timeoutMs = timeoutMs;
  }
}

/** The answer has more rows, or needs more memory, than the statement allows. */
export class QueryTooLarge extends StoreError {
  override readonly name = 'QueryTooLarge';
  readonly code = 'query_too_large';
}

/** The schema in the data directory and the schema in the code do not fit together. */
export class MigrationFailed extends StoreError {
  override readonly name = 'MigrationFailed';
  readonly code = 'migration_failed';
}
