import { findTool } from './fetch-tool.ts';

let found: Promise<string> | undefined;

/** Path of Prometheus' promtool, which checks metrics, rules and their tests; looked for once a process. */
export function findPromtool(): Promise<string> {
  found ??= findTool({
    name: 'promtool',
    oldest: [2, 42],
    apt: { package: 'promtool', binary: 'usr/bin/promtool', olderPackage: 'prometheus' },
    brew: 'prometheus',
    docker: { image: 'prom/prometheus', binary: '/bin/promtool' },
    advice: 'install Prometheus 2.42 or newer, promtool with it, and put both on PATH',
  });
  return found;
}
