import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type Fields, parseFields, textAt } from '../endpoints/fields.ts';
import { MonitorSettingsError } from '../errors.ts';
import type { SurveyorListener } from '../events/surveyor-listeners.ts';
import type { NatsSettings } from '../transport/nats-settings.ts';

/** Folders of JSON files as nats-surveyor has them. */
export interface SurveyorFolders {
  /** `--jetstream`: an account a file, `{ "name": "orders", "credential": "orders.creds" }`. */
  jetstream?: string | undefined;
  /** `--observe`: a service a file, with its `topic`. */
  observe?: string | undefined;
}

/** What the files ask for, of these NATS servers. Throws MonitorSettingsError for a file that cannot be used. */
export async function readSurveyorConfigs(
  folders: SurveyorFolders,
  servers: readonly string[],
): Promise<SurveyorListener[]> {
  const [accounts, services] = await Promise.all([
    filesOf(folders.jetstream),
    filesOf(folders.observe),
  ]);
  return [
    ...accounts.map((file) => ({
      hears: { account: needed(file, 'name') },
      nats: settingsOf(file, servers),
    })),
    ...services.map((file) => ({
      hears: { service: needed(file, 'name'), subject: needed(file, 'topic') },
      nats: settingsOf(file, servers),
    })),
  ];
}

interface ConfigFile {
  path: string;
  fields: Fields;
}

async function filesOf(folder: string | undefined): Promise<ConfigFile[]> {
  if (folder === undefined) return [];
  try {
    const names = await readdir(folder, { recursive: true });
    // Kubernetes keeps each version of a mounted file in a folder `..<date>`, and links to it.
    const own = names.filter((name) => !name.split(sep).some((part) => part.startsWith('..')));
    const paths = own.filter((name) => name.endsWith('.json')).toSorted();
    return await Promise.all(paths.map((name) => read(join(folder, name))));
  } catch (cause) {
    if (cause instanceof MonitorSettingsError) throw cause;
    throw new MonitorSettingsError(`cannot read ${folder}: ${(cause as Error).message}`);
  }
}

async function read(path: string): Promise<ConfigFile> {
  const fields = parseFields(await readFile(path, 'utf8'));
  if (!fields) throw new MonitorSettingsError(`cannot use ${path}: it is no JSON object`);
  return { path, fields };
}

function needed({ fields, path }: ConfigFile, key: string): string {
  const value = textAt(fields, key);
  if (value === '') throw new MonitorSettingsError(`cannot use ${path}: it has no ${key}`);
  return value;
}

function settingsOf({ fields, path }: ConfigFile, servers: readonly string[]): NatsSettings {
  if (textAt(fields, 'jwt') !== '' || textAt(fields, 'seed') !== '') {
    throw new MonitorSettingsError(
      `cannot use ${path}: write its jwt and seed in a credentials file, and name that as credential`,
    );
  }
  const given = (key: string): string | undefined => textAt(fields, key) || undefined;
  return {
    servers: [...servers],
    creds: given('credential'),
    nkeySeed: given('nkey'),
    user: given('username'),
    password: given('password'),
    token: given('token'),
    tlsCa: given('tls_ca'),
    tlsCert: given('tls_cert'),
    tlsKey: given('tls_key'),
  };
}
