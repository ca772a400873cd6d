import { findTool } from './fetch-tool.ts';

let found: Promise<string> | undefined;

/** Path of Prometheus; looked for once a process. Its Go module has `replace` lines: no `go install`. */
export function findPrometheus(): Promise<string> {
  found ??= findTool({
    name: 'prometheus',
    oldest: [2, 42],
    apt: { package: 'prometheus', binary: 'usr/bin/prometheus' },
    brew: 'prometheus',
    docker: { image: 'prom/prometheus', binary: '/bin/prometheus' },
    advice: 'install Prometheus 2.42 or newer and put it on PATH',
  });
  return found;
}
