#!/usr/bin/env node
// The sources run as they are, which needs the Node that the repository pins: bootstrap finds it, runs
// the script that its first argument names, and hands signals on.
process.argv.splice(2, 0, 'cli/src/main.ts');
await import(new URL('../../scripts/bootstrap.mjs', import.meta.url).href);
