import { type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';

const STARTED_SECONDS = Math.floor(Date.now() / 1000 - process.uptime());

/** This process under the names that every exporter uses. */
export function processBlocks(scrapes: number): MetricBlock[] {
  const { user, system } = process.cpuUsage();
  return [
    {
      metrics: [
        ...specs('process', { cpu_seconds_total: 'CPU time of the exporter' }, 'counter'),
        ...specs('process', {
          resident_memory_bytes: 'resident memory of the exporter',
          start_time_seconds: 'when the exporter started, epoch seconds',
        }),
        ...specs('hopline_exporter', { scrapes_total: 'scrapes begun' }, 'counter'),
      ],
      rows: [
        {
          labels: '',
          values: [(user + system) / 1e6, process.memoryUsage.rss(), STARTED_SECONDS, scrapes],
        },
      ],
    },
  ];
}
