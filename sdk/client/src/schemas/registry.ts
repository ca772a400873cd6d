import type { KV } from '@nats-io/kv';
import type { Codec, Format, SchemaSource } from '../codecs/codec.ts';
import { RegistryRefused, SchemaIncompatible, SchemaInvalid, SchemaNotFound } from '../errors.ts';
import { memoryCache, type SchemaCache } from './cache.ts';
import {
  type CompatibilityMode,
  problemsOf,
  problemText,
  type Verdict,
  type Version,
} from './compatibility.ts';
import {
  CONFIG_KEY,
  contentId,
  firstNumber,
  nextNumber,
  numberKey,
  type Reference,
  type SchemaRecord,
  SUBJECT_PREFIX,
  type SubjectRecord,
  schemaKey,
  subjectKey,
  subjectOfKey,
  type VersionRecord,
} from './records.ts';
import { compareSemver, FIRST_SEMVER, isSemver, nextSemver } from './semver.ts';
import { type Entry, SchemaStore } from './store.ts';

export interface RegistryOptions {
  /** Bucket of JetStream KV; without one only what is cached is known and nothing can be registered. */
  bucket?: KV | undefined;
  formats: readonly Format[];
  /** Default `memoryCache()`; `fileCache(folder)` outlives the process. */
  cache?: SchemaCache;
  /** Of a subject that says nothing, where the registry does not either. Default BACKWARD. */
  compatibility?: CompatibilityMode;
  /** Default 256 KiB: a value of the bucket is one message, and servers take 1 MiB. */
  maxSchemaBytes?: number;
  /** Default 1000: the versions of a subject are one value of the bucket. */
  maxVersions?: number;
}

/** A schema as it is offered. */
export interface Draft {
  format: Format['name'];
  text: string;
  references?: readonly { name: string; subject: string; version: number }[] | undefined;
  /** Default: what the change asks for. It must be newer than the latest. */
  semver?: string | undefined;
}

export interface Registered extends VersionRecord {
  readonly subject: string;
  /** False: the latest or an earlier version is this schema already. */
  readonly isNew: boolean;
}

const MAX_RACES = 20;
const MAX_PROBES = 100;
const MAX_REFERENCE_DEPTH = 20;

/**
 * Schemas in a bucket of JetStream KV: subjects with versions, ids by content. Several may write at once;
 * every version is checked against those that are there when it is written.
 */
export class SchemaRegistry {
  readonly #store: SchemaStore;
  readonly #options: RegistryOptions;
  readonly #codecs = new Map<string, Promise<Codec>>();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#store = new SchemaStore(options.bucket, options.cache ?? memoryCache());
  }

  /** Throws SchemaInvalid, SchemaIncompatible, or RegistryRefused when it cannot be kept. */
  async register(subject: string, draft: Draft): Promise<Registered> {
    const offered = await this.#read(draft);
    for (let race = 0; race < MAX_RACES; race += 1) {
      const entry = await this.#subject(subject);
      const { versions } = entry.value;
      const same = versions.find(({ id }) => id === offered.id);
      if (same) return { ...same, subject, isNew: false };
      const next = await this.#nextVersion(entry.value, offered, draft.semver);
      const number = await this.#keep(offered, draft.text);
      const made = { ...next, number };
      const value: SubjectRecord = { ...entry.value, versions: [...versions, made] };
      if (await this.#store.write(subjectKey(subject), value, entry.revision)) {
        return { ...made, subject, isNew: true };
      }
    }
    throw new RegistryRefused(subject, `others wrote ${MAX_RACES} times meanwhile`);
  }

  /**
   * Whether a schema could follow now; registers nothing. `against`: that version only, whatever the mode
   * says of the others.
   */
  async check(subject: string, draft: Draft, against?: number): Promise<Verdict> {
    const { value } = await this.#subject(subject);
    const versions = value.versions.filter(
      ({ version }) => against === undefined || version === against,
    );
    return await this.#judge({ ...value, versions }, await this.#read(draft));
  }

  /** The version of a subject that is this schema, however it is written down. */
  async find(subject: string, draft: Draft): Promise<VersionRecord | undefined> {
    const { id } = await this.#read(draft);
    return (await this.subject(subject)).versions.find((version) => version.id === id);
  }

  async subjects(): Promise<string[]> {
    return (await this.#store.keys(SUBJECT_PREFIX)).map(subjectOfKey);
  }

  async subject(subject: string): Promise<SubjectRecord> {
    const { value } = await this.#subject(subject);
    if (value.versions.length === 0) throw new SchemaNotFound(`subject ${subject}`);
    return value;
  }

  async version(subject: string, version: number | 'latest'): Promise<VersionRecord> {
    const { versions } = await this.subject(subject);
    const found =
      version === 'latest' ? versions.at(-1) : versions.find((each) => each.version === version);
    if (!found) throw new SchemaNotFound(`version ${version} of ${subject}`);
    return found;
  }

  async schema(id: string): Promise<SchemaRecord> {
    return await this.#store.fixed<SchemaRecord>(schemaKey(id), `schema ${id}`);
  }

  /** By the id of the Confluent wire format. */
  async schemaByNumber(number: number): Promise<SchemaRecord> {
    const id = await this.#store.fixed<string>(numberKey(number), `schema number ${number}`);
    return await this.schema(id);
  }

  /** A schema with the texts that it refers to. */
  async source({ text, references }: SchemaRecord): Promise<SchemaSource> {
    return { text, references: await this.#texts(references) };
  }

  /** Compiled once. `message`: see SchemaSource; throws SchemaInvalid where the text has no such one. */
  async codec(id: string, message: readonly number[] = [0]): Promise<Codec> {
    const key = `${id} ${message}`;
    const known = this.#codecs.get(key);
    if (known) return await known;
    const made = this.schema(id).then(async (record) =>
      this.format(record.format).codec({ ...(await this.source(record)), message }),
    );
    this.#codecs.set(key, made);
    made.catch(() => this.#codecs.delete(key));
    return await made;
  }

  /** The mode of a subject, or of all that have none. */
  async compatibility(subject?: string): Promise<CompatibilityMode> {
    const own = subject === undefined ? undefined : (await this.#subject(subject)).value;
    return await this.#mode(own?.compatibility);
  }

  async setCompatibility(mode: CompatibilityMode, subject?: string): Promise<void> {
    if (subject === undefined) {
      await this.#store.overwrite(CONFIG_KEY, { compatibility: mode });
      return;
    }
    for (let race = 0; race < MAX_RACES; race += 1) {
      const { value, revision } = await this.#subject(subject);
      const changed = { ...value, compatibility: mode };
      if (await this.#store.write(subjectKey(subject), changed, revision)) return;
    }
    throw new RegistryRefused(subject, `others wrote ${MAX_RACES} times meanwhile`);
  }

  async #subject(subject: string): Promise<Entry<SubjectRecord>> {
    const found = await this.#store.latest<SubjectRecord>(
      subjectKey(subject),
      `subject ${subject}`,
    );
    return found ?? { value: { subject, versions: [] }, revision: 0 };
  }

  async #mode(own: CompatibilityMode | undefined): Promise<CompatibilityMode> {
    if (own) return own;
    const found = await this.#store
      .latest<{ compatibility?: CompatibilityMode }>(CONFIG_KEY, 'settings of the registry')
      .catch(() => undefined);
    return found?.value.compatibility ?? this.#options.compatibility ?? 'BACKWARD';
  }

  async #read(draft: Draft): Promise<Offered> {
    const { maxSchemaBytes = 262_144 } = this.#options;
    const size = Buffer.byteLength(draft.text);
    if (size > maxSchemaBytes) {
      const error = new Error(`it has ${size} bytes, at most ${maxSchemaBytes} are kept`);
      throw new SchemaInvalid(draft.format, error);
    }
    const format = this.format(draft.format);
    const references: Reference[] = [];
    for (const { name, subject, version } of draft.references ?? []) {
      references.push({ name, subject, version, id: (await this.version(subject, version)).id });
    }
    const source = { text: draft.text, references: await this.#texts(references) };
    // Canonical forms do not look at everything that a codec does.
    format.codec(source);
    const id = contentId(format.name, format.canonical(source), references);
    return { id, format, source, references };
  }

  async #judge(record: SubjectRecord, offered: Offered): Promise<Verdict> {
    const { subject } = record;
    const mode = await this.#mode(record.compatibility);
    const problems = problemsOf(mode, offered, await this.#versions(record.versions));
    return { subject, mode, isCompatible: problems.length === 0, problems };
  }

  async #nextVersion(
    record: SubjectRecord,
    offered: Offered,
    asked: string | undefined,
  ): Promise<Omit<VersionRecord, 'number'>> {
    const { subject, versions } = record;
    const { maxVersions = 1_000 } = this.#options;
    if (versions.length >= maxVersions) {
      throw new RegistryRefused(subject, `it has ${maxVersions} versions already`);
    }
    const { mode, problems } = await this.#judge(record, offered);
    if (problems.length > 0) {
      throw new SchemaIncompatible(subject, mode, problems.map(problemText));
    }
    const last = versions.at(-1);
    const [previous] = last ? await this.#versions([last]) : [];
    const due = last && previous ? nextSemver(last.semver, previous, offered) : FIRST_SEMVER;
    const semver = asked ?? due;
    if (!isSemver(semver))
      throw new RegistryRefused(subject, `"${semver}" is not MAJOR.MINOR.PATCH`);
    if (last && compareSemver(semver, last.semver) <= 0) {
      throw new RegistryRefused(subject, `${semver} is not newer than ${last.semver}`);
    }
    const { id, format } = offered;
    const version = versions.length + 1;
    return { version, semver, id, format: format.name, createdAt: new Date().toISOString() };
  }

  /** Stores a schema where it is not yet; gives its number. */
  async #keep({ id, format, references }: Offered, text: string): Promise<number> {
    let number = firstNumber(id);
    for (let probe = 0; probe < MAX_PROBES; probe += 1, number = nextNumber(number)) {
      const isOurs =
        (await this.#store.write(numberKey(number), id, 0)) ||
        (await this.#store.fixed<string>(numberKey(number), `schema number ${number}`)) === id;
      if (!isOurs) continue;
      const record: SchemaRecord = { id, number, format: format.name, text, references };
      await this.#store.write(schemaKey(id), record, 0);
      return number;
    }
    throw new RegistryRefused(id, `no free number near ${firstNumber(id)}`);
  }

  async #versions(records: readonly VersionRecord[]): Promise<Version[]> {
    return await Promise.all(
      records.map(async ({ version, id, format }) => ({
        version,
        format: this.format(format),
        source: await this.source(await this.schema(id)),
      })),
    );
  }

  /** Each after those that it refers to itself. */
  async #texts(references: readonly Reference[], depth = 0): Promise<Map<string, string>> {
    if (depth > MAX_REFERENCE_DEPTH) throw new Error('references nest too deep');
    const texts = new Map<string, string>();
    for (const { name, id } of references) {
      const record = await this.schema(id);
      for (const [inner, text] of await this.#texts(record.references, depth + 1)) {
        if (!texts.has(inner)) texts.set(inner, text);
      }
      texts.set(name, record.text);
    }
    return texts;
  }

  /** Throws SchemaInvalid for a format that the registry was opened without. */
  format(name: Format['name']): Format {
    const found = this.#options.formats.find((format) => format.name === name);
    if (found) return found;
    throw new SchemaInvalid(name, new Error('the registry was opened without this format'));
  }
}

interface Offered {
  id: string;
  format: Format;
  source: SchemaSource;
  references: readonly Reference[];
}
