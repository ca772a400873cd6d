import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AptSource, debianSources } from './debian-sources.ts';
import { runCommand } from './run-command.ts';

/** A mirror that does not carry the suite answers at once, but none is asked for ever. */
const MOST_SOURCES = 4;

/**
 * Fetches packages and unpacks them into `directory`, without root and without touching the machine's own
 * apt: lists, cache and status are private. `own`: of the machine's own release,
 * for what needs its libraries. Returns the root of the unpacked tree; throws the reason.
 */
export async function aptDownload(
  packages: string | readonly string[],
  directory: string,
  { own = false }: { own?: boolean } = {},
): Promise<string> {
  const packageNames = [packages].flat();
  const configured = await configuredSources();
  const sources = [...(own ? configured : debianSources(configured))].slice(0, MOST_SOURCES);
  if (sources.length === 0) throw new Error('no Debian mirror is configured in apt');
  const reasons: string[] = [];
  for (const [index, source] of sources.entries()) {
    const place = join(directory, `apt-${index}`);
    const reason = await downloadFrom(source, { packageNames, place });
    if (reason === undefined) return join(place, 'root');
    reasons.push(reason);
    await rm(place, { recursive: true, force: true });
  }
  throw new Error(reasons.join('\n'));
}

async function configuredSources(): Promise<AptSource[]> {
  const { code, stdout } = await runCommand('apt-config', [
    'shell',
    'LIST',
    'Dir::Etc::sourcelist/f',
    'PARTS',
    'Dir::Etc::sourceparts/d',
  ]);
  if (code !== 0) throw new Error('this machine has no apt');
  const path = (name: string): string =>
    new RegExp(`^${name}='(.*)'$`, 'm').exec(stdout)?.[1] ?? '';
  const parts = await readdir(path('PARTS')).catch(() => []);
  const files = [path('LIST'), ...parts.sort().map((file) => join(path('PARTS'), file))];
  const sources = await Promise.all(files.map(readSource));
  return sources.flat();
}

async function readSource(path: string): Promise<AptSource[]> {
  const format = /\.(list|sources)$/.exec(path)?.[1] as AptSource['format'] | undefined;
  if (format === undefined) return [];
  const text = await readFile(path, 'utf8').catch(() => '');
  return [{ format, text }];
}

/** Undefined when all went well, else why not. */
async function downloadFrom(
  source: AptSource,
  { packageNames, place }: { packageNames: readonly string[]; place: string },
): Promise<string | undefined> {
  const parts = join(place, 'parts');
  const root = join(place, 'root');
  for (const folder of [parts, root, 'lists/partial', 'cache/archives/partial']) {
    await mkdir(join(folder.startsWith('/') ? '' : place, folder), { recursive: true });
  }
  await writeFile(join(parts, `source.${source.format}`), source.text);
  await writeFile(join(place, 'status'), '');
  const configPath = join(place, 'apt.conf');
  await writeFile(configPath, aptConfig(place, parts));
  const steps: [string, string[]][] = [
    ['apt-get', ['-c', configPath, '-q', 'update']],
    ['apt-get', ['-c', configPath, '-q', 'download', ...packageNames]],
    ['sh', ['-c', 'for package in ./*.deb; do dpkg -x "$package" root || exit 1; done']],
  ];
  for (const [command, args] of steps) {
    const { code, stdout, stderr } = await runCommand(command, args, { cwd: place });
    if (code !== 0) return `${command} ${args.at(-1)}: ${(stderr || stdout).trim()}`;
  }
  return undefined;
}

/** Given by `-c` and so read last: proxies and credentials of the machine stay, its hooks do not run. */
function aptConfig(place: string, parts: string): string {
  return [
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    'Dir::Etc::SourceList "/dev/null";',
    `Dir::Etc::SourceParts ${JSON.stringify(parts)};`,
    `Dir::State::Lists ${JSON.stringify(join(place, 'lists'))};`,
    `Dir::State::Status ${JSON.stringify(join(place, 'status'))};`,
    `Dir::Cache ${JSON.stringify(join(place, 'cache'))};`,
    // As root, apt would otherwise become a user that cannot write here.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::Retries "2";',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";',
    '',
  ].join('\n');
}
