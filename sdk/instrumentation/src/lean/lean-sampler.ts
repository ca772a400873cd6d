import { type SpanContext, TraceFlags } from '@opentelemetry/api';

/** One of the samplers that OTEL_TRACES_SAMPLER can name, deciding without an object per span. */
export interface LeanSampler {
  /** Trace flags of a new trace; `idSum` is the exclusive or of its id's four words. */
  rootFlags(idSum: number): number;
  childFlags(parent: SpanContext): number;
}

/** Undefined for a name that the specification does not know; then the SDK decides what happens. */
export function leanSampler(name: string, argument: string | undefined): LeanSampler | undefined {
  const rootName = name.replace(/^parentbased_/, '');
  const ratio = ratioOf(rootName, argument);
  if (ratio === undefined) return undefined;
  const limit = Math.floor(ratio * 0xffff_ffff);
  const rootFlags = (idSum: number): number => flags(idSum < limit || ratio >= 1);
  const childFlags = name.startsWith('parentbased_')
    ? (parent: SpanContext): number => parent.traceFlags & TraceFlags.SAMPLED
    : (parent: SpanContext): number => rootFlags(idSumOf(parent.traceId));
  return { rootFlags, childFlags };
}

function ratioOf(rootName: string, argument: string | undefined): number | undefined {
  if (rootName === 'always_on') return 1;
  if (rootName === 'always_off') return 0;
  if (rootName !== 'traceidratio') return undefined;
  const ratio = argument === undefined || argument === '' ? 1 : Number(argument);
  return ratio >= 0 && ratio <= 1 ? ratio : undefined;
}

/** The SDK's way from an id to a number, so that all services of a system decide alike. */
function idSumOf(traceId: string): number {
  let sum = 0;
  for (let at = 0; at < traceId.length; at += 8) {
    sum = (sum ^ Number.parseInt(traceId.slice(at, at + 8), 16)) >>> 0;
  }
  return sum;
}

function flags(sampled: boolean): number {
  return sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
}
