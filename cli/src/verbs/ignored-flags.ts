import type { ExporterFlags } from './exporter-flags.ts';

type Flag = keyof ExporterFlags;

interface Rule {
  flags: readonly Flag[];
  isIgnored: (flags: ExporterFlags) => boolean;
  why: string;
}

const RULES: readonly Rule[] = [
  {
    flags: [
      ...(['varz', 'connz', 'connz_detailed', 'healthz', 'healthz_js_enabled_only'] as const),
      ...(['healthz_js_server_only', 'gatewayz', 'leafz', 'routez', 'subz'] as const),
      ...(['accstatz', 'accountz', 'jsz', 'jsz_stream_meta_keys'] as const),
      ...(['jsz_consumer_meta_keys', 'prefix'] as const),
      ...(['use_internal_server_id', 'use_internal_server_name'] as const),
    ],
    isIgnored: ({ native, surveyor }) => native === true || surveyor === true,
    why: '--native and --surveyor have all endpoints, names and labels of their own',
  },
  {
    flags: ['jsz_stream_meta_keys', 'jsz_consumer_meta_keys'],
    isIgnored: ({ jsz, native, surveyor }) => jsz === undefined && !native && !surveyor,
    why: 'they are labels of what -jsz exports',
  },
  {
    flags: ['ri'],
    isIgnored: () => true,
    why: 'a server that is not there yet is asked again at each scrape',
  },
  {
    flags: ['log', 'syslog', 'remote_syslog', 'debugLog', 'traceLog'],
    isIgnored: () => true,
    why: 'there is no log; what is wrong is in the metrics',
  },
];

/** As manifests write them, where that is not the name with a dash. */
const WRITTEN: Partial<Record<Flag, string>> = { debugLog: '-D', traceLog: '-V' };

const IGNORED_ID =
  'ignored: the ID before the comma of a URL (--native and --surveyor label a server as it names itself)';

/** What was asked for in vain, a line for each reason: `ignored: -ri (why)`. */
export function ignoredFlags(servers: readonly string[], flags: ExporterFlags): string[] {
  const lines = RULES.filter(({ isIgnored }) => isIgnored(flags)).flatMap((rule) => {
    const given = rule.flags.filter((flag) => flags[flag] !== undefined);
    const names = given.map((flag) => WRITTEN[flag] ?? `-${flag}`);
    return given.length === 0 ? [] : [`ignored: ${names.join(', ')} (${rule.why})`];
  });
  const isNamed = (flags.native || flags.surveyor) && servers.some((text) => text.includes(','));
  return isNamed ? [...lines, IGNORED_ID] : lines;
}
