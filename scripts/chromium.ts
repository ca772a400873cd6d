import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileLock } from './file-lock.mjs';
import { REPOSITORY, TOOLS } from './paths.ts';
import { runCommand } from './run-command.ts';

const ON_PATH = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_MACOS = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const PLAYWRIGHT_BROWSERS = join(TOOLS, 'playwright');

let found: Promise<string> | undefined;

/**
 * Path of a Chromium that starts: CHROME_PATH, an installed one, the system's package (as root or by sudo
 * that asks nothing), else the build that Playwright downloads. Looked for once a process.
 */
export function findChromium(): Promise<string> {
  found ??= find();
  return found;
}

async function find(): Promise<string> {
  const present = await findPresent();
  if (present !== undefined) return present;
  return await withFileLock(join(TOOLS, 'chromium.lock'), async () => {
    return (await findPresent()) ?? (await install());
  });
}

async function findPresent(): Promise<string | undefined> {
  const asked = process.env.CHROME_PATH;
  const candidates = [
    ...(asked === undefined ? [] : [asked]),
    ...ON_PATH,
    ON_MACOS,
    ...(await downloaded()),
  ];
  for (const candidate of candidates) {
    const { code } = await runCommand(candidate, ['--version'], { timeoutMs: 30_000 });
    if (code !== 0) continue;
    const { stdout } = await runCommand('sh', ['-c', 'command -v "$0"', candidate]);
    return stdout.trim() || candidate;
  }
  return undefined;
}

async function downloaded(): Promise<string[]> {
  if (!existsSync(PLAYWRIGHT_BROWSERS)) return [];
  const pattern = 'chromium*/chrome-*/{chrome,headless_shell,chrome-headless-shell}';
  const paths: string[] = [];
  for await (const path of glob(pattern, { cwd: PLAYWRIGHT_BROWSERS })) {
    paths.push(join(PLAYWRIGHT_BROWSERS, path));
  }
  return paths;
}

async function install(): Promise<string> {
  console.error('hopline: installing Chromium ...');
  const reasons: string[] = [];
  for (const [from, attempt] of [
    ['apt', fromApt],
    ['playwright', fromPlaywright],
  ] as const) {
    const reason = await attempt();
    const present = reason === undefined ? await findPresent() : undefined;
    if (present !== undefined) return present;
    reasons.push(`  ${from}: ${reason ?? 'what was installed does not start'}`);
  }
  const advice = 'install Chromium or Chrome, or name one by CHROME_PATH';
  throw new Error(`cannot get Chromium: ${advice}\n${reasons.join('\n')}`);
}

/** Each attempt: undefined when all went well, else why not. */
async function fromApt(): Promise<string | undefined> {
  const asRoot = await rootPrefix();
  if (asRoot === undefined) return 'needs root, or sudo without a password';
  await runCommand(...asRoot('apt-get', '-q', 'update'));
  const { stdout } = await runCommand('apt-cache', ['policy', 'chromium']);
  const candidate = /Candidate: (\S+)/.exec(stdout)?.[1] ?? '(none)';
  if (candidate === '(none)' || candidate.includes('snap')) return 'no such package here';
  const { code, stderr } = await runCommand(
    ...asRoot(
      'apt-get',
      '-qy',
      '--no-install-recommends',
      'install',
      'chromium',
      'fonts-liberation',
    ),
  );
  return code === 0 ? undefined : stderr.trim();
}

type Elevate = (...words: string[]) => [string, string[]];

/** How to run a command as root without being asked anything; undefined when there is no way. */
async function rootPrefix(): Promise<Elevate | undefined> {
  const frontend = 'DEBIAN_FRONTEND=noninteractive';
  if (process.getuid?.() === 0) return (...words) => ['env', [frontend, ...words]];
  const { code } = await runCommand('sudo', ['-n', 'true']);
  return code === 0 ? (...words) => ['sudo', ['-n', 'env', frontend, ...words]] : undefined;
}

/** As root with the libraries that it needs, where Playwright knows how to get them. */
async function fromPlaywright(): Promise<string | undefined> {
  const cli = join(REPOSITORY, 'node_modules', 'playwright-core', 'cli.js');
  const ways = process.getuid?.() === 0 ? [['--with-deps'], []] : [[]];
  let reason = '';
  for (const flags of ways) {
    const { code, stdout, stderr } = await runCommand(
      process.execPath,
      [cli, 'install', ...flags, 'chromium'],
      { env: { PLAYWRIGHT_BROWSERS_PATH: PLAYWRIGHT_BROWSERS } },
    );
    if (code === 0) return undefined;
    reason = (stderr || stdout).trim().split('\n').slice(-5).join('\n    ');
  }
  return reason;
}
