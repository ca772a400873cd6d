import type { NatsInstrumentationConfig, ProcessRelation } from '../nats-instrumentation-config.ts';

const RELATIONS: ProcessRelation[] = ['parent', 'link', 'parent-and-link'];

/** The settings of the NATS instrumentation that have a variable; what is not set keeps its default. */
export function natsConfig(env: NodeJS.ProcessEnv): NatsInstrumentationConfig {
  const relation = RELATIONS.find((known) => known === env.HOPLINE_NATS_PROCESS_RELATION);
  const ageMs = Number(env.HOPLINE_NATS_PARENT_MAX_AGE || Number.NaN);
  return {
    ...(relation ? { processRelation: relation } : {}),
    ...(ageMs >= 0 ? { parentMaxAgeMs: ageMs } : {}),
    createSpans: !/^(false|0)$/i.test(env.HOPLINE_NATS_CREATE_SPANS?.trim() ?? ''),
    publishTimeHeader: /^(true|1)$/i.test(env.HOPLINE_NATS_PUBLISH_TIME_HEADER?.trim() ?? ''),
    subjectTemplates: list(env.HOPLINE_NATS_SUBJECT_TEMPLATES),
    captureHeaders: list(env.HOPLINE_NATS_CAPTURE_HEADERS),
    denyHeaders: list(env.HOPLINE_NATS_DENY_HEADERS),
  };
}

/** A comma-separated list, as in OpenTelemetry's own variables. */
export function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}
