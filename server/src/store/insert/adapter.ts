/** How one signal's segment becomes rows of one table. */
export interface Adapter {
  table: string;
  format: 'Protobuf' | 'JSONEachRow';
  /** Protobuf definitions beyond ANY_VALUE_PROTO; the message of a frame is `Root`. */
  proto?: string;
  /** Structure of the file as the engine's column list. */
  structure: string;
  settings: Readonly<Record<string, string | number>>;
  /** Column -> expression over the columns of `from`. */
  columns: Readonly<Record<string, string>>;
  /** Wraps the file's rows, step by step, into the rows that `columns` reads. */
  from(file: string): string;
}
