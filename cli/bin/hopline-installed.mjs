#!/usr/bin/env node
// `hopline` of the installed package: on this Node where it is new enough, else on the one that came along.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 24;
const main = new URL('../src/main.js', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) {
  await import(main.href);
} else {
  const { runNode } = await import(new URL('../../scripts/run-node.mjs', import.meta.url).href);
  runNode(ownNode(), [fileURLToPath(main), ...process.argv.slice(2)]);
}

function ownNode() {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), 'bin', 'node');
  } catch {
    console.error(
      `hopline: cannot run on Node ${process.versions.node}: install Node ${OLDEST_NODE} or newer ` +
        `(the package ${name}, which brings one along, is not installed)`,
    );
    process.exit(1);
  }
}
