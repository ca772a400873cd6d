import { isObject } from '../canonical-json.ts';

export type SchemaObject = { readonly [keyword: string]: unknown };
export type Schema = SchemaObject | boolean;

/** One place in a schema, and the document that its `$ref`s are relative to. */
export interface Place {
  schema: Schema;
  document: JsonDocument;
}

/** A schema with what it refers to; finds the target of a `$ref`. */
export class JsonDocument {
  readonly root: Schema;
  readonly #references: ReadonlyMap<string, Schema>;

  constructor(root: Schema, references: ReadonlyMap<string, Schema>) {
    this.root = root;
    this.#references = references;
  }

  /** Undefined for what is not found, and for anchors, which are not followed. */
  find(ref: string): Place | undefined {
    const [base = '', pointer = ''] = ref.split('#', 2);
    const document = base === '' || base === idOf(this.root) ? this : this.#refer(base);
    if (!document || (pointer !== '' && !pointer.startsWith('/'))) return undefined;
    let found: unknown = document.root;
    for (const step of pointer.split('/').slice(1)) {
      const key = decodeURIComponent(step).replace(/~1/g, '/').replace(/~0/g, '~');
      found = (found as Record<string, unknown> | undefined)?.[key];
    }
    return isSchema(found) ? { schema: found, document } : undefined;
  }

  #refer(name: string): JsonDocument | undefined {
    for (const [known, root] of this.#references) {
      if (known === name || idOf(root) === name) return new JsonDocument(root, this.#references);
    }
    return undefined;
  }
}

export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'boolean' || isObject(value);

const idOf = (schema: Schema): unknown => (typeof schema === 'boolean' ? undefined : schema['$id']);
