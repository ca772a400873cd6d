import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const README = readFileSync(join(HERE, '../README.md'), 'utf8');
const REPOSITORY = join(HERE, '../../..');

/** What the blocks use and do not declare: what an application has anyway. */
const AROUND = `
declare const servers: string[];
declare const log: import('./log.ts').Log;
declare const order: { id: string; total: number };
declare function handle(body: unknown): void;
declare function bill(body: unknown, signal?: AbortSignal): Promise<void>;
`;

const blocks = [...README.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code as string);

test('every block of code in the README compiles as it stands, all imports included', () => {
  assert.ok(blocks.length >= 4, `${blocks.length} blocks`);
  // Only in memory, but as if beside the sources: packages are found from there.
  const files = new Map(
    blocks.map((code, n) => [join(HERE, `block-${n}.ts`), `${code}export {};\n`]),
  );
  files.set(join(HERE, 'around.d.ts'), AROUND);
  const { config } = ts.readConfigFile(join(REPOSITORY, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, incremental: false, tsBuildInfoFile: undefined },
    REPOSITORY,
  );
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([...files.keys()], options, {
    ...host,
    fileExists: (file) => files.has(file) || host.fileExists(file),
    readFile: (file) => files.get(file) ?? host.readFile(file),
    getSourceFile: (file, target, ...rest) => {
      const code = files.get(file);
      return code === undefined
        ? host.getSourceFile(file, target, ...rest)
        : ts.createSourceFile(file, code, target);
    },
  });
  const problems = [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return ts.getPreEmitDiagnostics(program, source).map(({ messageText, start = 0 }) => {
      const line = source?.getLineAndCharacterOfPosition(start).line ?? 0;
      const text = ts.flattenDiagnosticMessageText(messageText, '\n');
      return `${relative(HERE, file)}:${line + 1}: ${text}`;
    });
  });
  assert.deepEqual(problems, []);
});

test('the before and after of both READMEs stands in the orders example, word for word', () => {
  const example = join(REPOSITORY, 'examples/orders/src');
  const sources = ['services', 'services-on-client', 'service-on-client']
    .flatMap((part) => readdirSync(join(example, part)).map((file) => join(example, part, file)))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  for (const [name, text] of [
    ['sdk/client/README.md', README],
    ['README.md', readFileSync(join(REPOSITORY, 'README.md'), 'utf8')],
  ] as const) {
    const quoted = [...text.matchAll(/^```ts example\n([\s\S]*?)^```/gm)].map(([, code]) => code);
    assert.equal(quoted.length, 2, `${name}: one before, one after`);
    for (const code of quoted) {
      // A line of dots stands for what is left out.
      for (const part of (code as string).split(/^\s*\/\/ …\n/m)) {
        assert.ok(sources.includes(part), `${name} quotes what is not in the example:\n${part}`);
      }
    }
  }
});

test('every metric is in the README, and no other', () => {
  const named = new Set<string>();
  for (const file of readdirSync(HERE, { recursive: true }) as string[]) {
    if (!/(metrics|observe)\.ts$/.test(file)) continue;
    const code = readFileSync(join(HERE, file), 'utf8');
    for (const [, name] of code.matchAll(/'(messaging\.nats\.[a-z.]+)',? ?\{?$/gm)) {
      named.add(name as string);
    }
  }
  const table = README.slice(README.indexOf('## Metrics'));
  const documented = [...table.matchAll(/^\| `(messaging\.nats\.[a-z.]+)`/gm)].map(([, n]) => n);
  assert.deepEqual([...named].sort(), documented.sort());
});
