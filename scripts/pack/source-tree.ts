import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { REPOSITORY } from '../paths.ts';
import type { Workspaces } from './workspaces.ts';

/** What a program needs of this repository, paths from its root. */
export interface SourceTree {
  /** TypeScript, each with its code as plain JavaScript that imports its neighbours by their path. */
  modules: Map<string, string>;
  /** Read or run as they are. */
  files: Set<string>;
  /** Workspaces that the modules are of. */
  workspaces: Set<string>;
}

/**
 * Follows imports, static and dynamic, and every `new URL('…', import.meta.url)` from the entries on. The
 * folders stay as they are, so that what code finds by its own place it finds in a package, too.
 *
 * @throws Error for an import that leads nowhere.
 */
export async function sourceTree(
  entries: readonly string[],
  workspaces: Workspaces,
): Promise<SourceTree> {
  const tree: SourceTree = { modules: new Map(), files: new Set(), workspaces: new Set() };
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (tree.modules.has(path) || tree.files.has(path)) continue;
    if (!path.endsWith('.ts')) {
      tree.files.add(path);
      continue;
    }
    const { code, needs } = transpile(path, workspaces);
    tree.modules.set(path, code);
    const workspace = workspaces.folderOf(path);
    if (workspace !== undefined) tree.workspaces.add(workspace);
    for (const need of needs) waiting.push(...(await expand(need)));
  }
  return tree;
}

/** A `*` stands for any name; a folder for all data in it. */
async function expand(need: string): Promise<string[]> {
  if (!need.includes('*') && !need.endsWith('/')) return [need];
  const found: string[] = [];
  const pattern = need.endsWith('/') ? `${need}*` : need;
  for await (const path of glob(pattern, { cwd: REPOSITORY })) {
    const isTest = /\.test\.ts$|fixture\.ts$/.test(path);
    if (!isTest && (need.includes('*') || !path.endsWith('.ts'))) found.push(path);
  }
  if (found.length === 0) throw new Error(`cannot pack ${need}: there is no such file`);
  return found;
}

interface Transpiled {
  code: string;
  needs: string[];
}

function transpile(path: string, workspaces: Workspaces): Transpiled {
  const needs: string[] = [];
  /** What an import says in the package. */
  const importOf = (specifier: string): string => {
    const target = specifier.startsWith('.')
      ? join(dirname(path), specifier)
      : workspaces.resolve(specifier);
    if (target === undefined) return specifier;
    needs.push(target);
    const there = relative(dirname(path), target);
    return asJavaScript(there.startsWith('.') ? there : `./${there}`);
  };
  const urlOf = (text: string): string => {
    const target = join(dirname(path), text);
    // The folder that everything lies in is no part of it.
    if (target !== '.' && target !== './') needs.push(target);
    return asJavaScript(text);
  };
  const { outputText } = ts.transpileModule(readFileSync(join(REPOSITORY, path), 'utf8'), {
    fileName: path,
    compilerOptions: {
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
    transformers: { before: [rewriting({ importOf, urlOf })] },
  });
  return { code: outputText, needs };
}

const asJavaScript = (path: string): string => path.replace(/\.ts$/, '.js');

interface Rewrites {
  importOf(specifier: string): string;
  urlOf(text: string): string;
}

function rewriting({ importOf, urlOf }: Rewrites): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const { factory } = context;
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isImportDeclaration(node) && node.importClause?.phaseModifier !== TYPE_ONLY) {
        const { modifiers, importClause, moduleSpecifier, attributes } = node;
        const specifier = factory.createStringLiteral(importOf(textOf(moduleSpecifier)));
        return factory.updateImportDeclaration(
          node,
          modifiers,
          importClause,
          specifier,
          attributes,
        );
      }
      if (ts.isExportDeclaration(node) && node.moduleSpecifier && !node.isTypeOnly) {
        const { modifiers, exportClause, moduleSpecifier, attributes } = node;
        const specifier = factory.createStringLiteral(importOf(textOf(moduleSpecifier)));
        return factory.updateExportDeclaration(
          node,
          modifiers,
          false,
          exportClause,
          specifier,
          attributes,
        );
      }
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isCallExpression(visited)) return withFirst(visited, importOf, isDynamicImport);
      if (ts.isNewExpression(visited)) return withFirst(visited, urlOf, isUrlOfHere);
      return visited;
    };
    /** The same call with another first argument, where that is a text. */
    function withFirst<T extends ts.CallExpression | ts.NewExpression>(
      node: T,
      rewrite: (text: string) => string,
      applies: (node: T) => boolean,
    ): ts.Node {
      const [first, ...rest] = node.arguments ?? [];
      if (first === undefined || !applies(node)) return node;
      const rewritten = rewriteText(first, rewrite);
      if (rewritten === undefined) return node;
      const args = [rewritten, ...rest];
      return ts.isCallExpression(node)
        ? factory.updateCallExpression(node, node.expression, node.typeArguments, args)
        : factory.updateNewExpression(node, node.expression, node.typeArguments, args);
    }
    function rewriteText(
      text: ts.Expression,
      rewrite: (text: string) => string,
    ): ts.Expression | undefined {
      if (ts.isStringLiteral(text)) return factory.createStringLiteral(rewrite(text.text));
      if (!ts.isTemplateExpression(text)) return undefined;
      const last = text.templateSpans.at(-1)!;
      rewrite([text.head.text, ...text.templateSpans.map((span) => span.literal.text)].join('*'));
      const tail = factory.createTemplateTail(asJavaScript(last.literal.text));
      return factory.updateTemplateExpression(text, text.head, [
        ...text.templateSpans.slice(0, -1),
        factory.updateTemplateSpan(last, last.expression, tail),
      ]);
    }
    return ts.visitNode(file, visit) as ts.SourceFile;
  };
}

const TYPE_ONLY = ts.SyntaxKind.TypeKeyword;
const textOf = (specifier: ts.Expression): string => (specifier as ts.StringLiteral).text;

const isDynamicImport = (node: ts.CallExpression): boolean =>
  node.expression.kind === ts.SyntaxKind.ImportKeyword;

/** `new URL(…, import.meta.url)` */
function isUrlOfHere({ expression, arguments: args }: ts.NewExpression): boolean {
  if (!ts.isIdentifier(expression) || expression.text !== 'URL') return false;
  return args?.[1]?.getText?.() === 'import.meta.url';
}
