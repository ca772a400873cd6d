import { cruise, type ICruiseResult, type IDependency } from 'dependency-cruiser';
import type { Import, SourceFile } from './wall-violations.ts';

export interface ImportGraph {
  files: SourceFile[];
  /** Each as the files on the way round, type imports included; every cycle once. */
  cycles: string[][];
}

/** Reads every import under the folders; the working directory is the root of the repository. */
export async function readImports(folders: readonly string[]): Promise<ImportGraph> {
  const { output } = await cruise([...folders], {
    exclude: { path: '(^|/)dist/' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // Workspace names lead to source, as they do when the code runs.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['hopline-source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.js', '.cjs', '.json'],
    },
    // Without a rule about cycles they are not looked for.
    validate: true,
    ruleSet: { forbidden: [{ name: 'cycle', from: {}, to: { circular: true } }] },
  });
  const modules = (output as ICruiseResult).modules.filter(
    ({ source, coreModule, couldNotResolve }) =>
      !coreModule && !couldNotResolve && !/node_modules\/|\.(json|css|svg)$/.test(source),
  );
  return {
    files: modules.map(({ source, dependencies }) => ({
      path: source,
      imports: dependencies.map(toImport),
    })),
    cycles: uniqueCycles(modules.flatMap(({ dependencies }) => dependencies)),
  };
}

function toImport({ module, resolved, coreModule, couldNotResolve }: IDependency): Import {
  if (coreModule) return { kind: 'node', to: module };
  if (couldNotResolve) return { kind: 'unresolved', to: module };
  const packageName = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(resolved)?.[1];
  if (packageName === undefined) return { kind: 'local', to: resolved };
  // Types without a package of their own belong to the package that they describe.
  const described = /^@types\/(?:([^_]+)__)?(.+)$/.exec(packageName);
  if (described === null) return { kind: 'npm', to: packageName };
  const [, scope, name = ''] = described;
  return { kind: 'npm', to: scope === undefined ? name : `@${scope}/${name}` };
}

function uniqueCycles(dependencies: readonly IDependency[]): string[][] {
  const found = new Map<string, string[]>();
  for (const { circular, cycle } of dependencies) {
    if (!circular || cycle === undefined) continue;
    const names = cycle.map(({ name }) => name);
    found.set([...names].sort().join(), names);
  }
  return [...found.values()];
}
