import { context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { type LogAttributes, type Logger, logs, SeverityNumber } from '@opentelemetry/api-logs';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import type { AnyMethod } from '../kernel/nats-internals.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { requestIdAttribute } from '../propagation/request-id.ts';
import { VERSION } from '../version.ts';

const NAME = '@hopline/instrumentation/winston';
const VERSIONS = ['>=3.0.0 <4'];

/** Where winston keeps the level when a format colours the text (package `triple-beam`). */
const LEVEL = Symbol.for('level');

/** The levels of npm, of syslog and of the command line, as winston names them. */
const SEVERITIES: Record<string, SeverityNumber> = {
  emerg: SeverityNumber.FATAL3,
  alert: SeverityNumber.FATAL2,
  crit: SeverityNumber.FATAL,
  error: SeverityNumber.ERROR,
  warning: SeverityNumber.WARN,
  warn: SeverityNumber.WARN,
  notice: SeverityNumber.INFO2,
  help: SeverityNumber.INFO2,
  info: SeverityNumber.INFO,
  http: SeverityNumber.DEBUG3,
  verbose: SeverityNumber.DEBUG2,
  debug: SeverityNumber.DEBUG,
  silly: SeverityNumber.TRACE,
};

type Info = Record<PropertyKey, unknown>;

interface WinstonLogger {
  silent?: boolean;
  isLevelEnabled?(level: string): boolean;
}

export interface WinstonOptions {
  serviceName: string;
  /** Send each line as a log record, too. */
  send: boolean;
}

/**
 * Adds `trace_id`, `span_id`, `service` and `timestamp` to winston's lines and sends the lines as log
 * records. The fields are added where a line comes in, in the context of the call; it is sent as it
 * leaves the logger's formats, which may have redacted it.
 */
export class WinstonInstrumentation extends InstrumentationBase {
  readonly #options: WinstonOptions;

  constructor(options: WinstonOptions) {
    super(NAME, VERSION, { enabled: false });
    this.#options = options;
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const file = new InstrumentationNodeModuleFile(
      'winston/lib/winston/logger.js',
      VERSIONS,
      (exports: { prototype: object }) => {
        this.#patch(exports.prototype);
        return exports;
      },
      () => {},
    );
    return [
      new InstrumentationNodeModuleDefinition('winston', VERSIONS, undefined, undefined, [file]),
    ];
  }

  #patch(prototype: object): void {
    const { serviceName, send } = this.#options;
    const logger = logs.getLogger(NAME, VERSION);
    const guard = <T>(work: () => T): T | undefined => {
      try {
        return work();
      } catch (error) {
        this._diag.error('cannot correlate a winston line', error);
        return undefined;
      }
    };
    wrapMethod(
      prototype,
      'write',
      (original: AnyMethod) =>
        function write(this: unknown, info: unknown, ...rest: unknown[]) {
          return original.call(this, guard(() => correlated(info, serviceName)) ?? info, ...rest);
        },
    );
    if (!send) return;
    wrapMethod(
      prototype,
      'push',
      (original: AnyMethod) =>
        function push(this: WinstonLogger, info: unknown, ...rest: unknown[]) {
          guard(() => emit(logger, this, info));
          return original.call(this, info, ...rest);
        },
    );
  }
}

/** A copy with the fields; what the application writes itself stays as it wrote it. */
function correlated(info: unknown, service: string): Info | undefined {
  // An error is shown by its prototype, too, and a copy would lose that.
  if (typeof info !== 'object' || info === null || info instanceof Error) return undefined;
  const spanContext = trace.getSpanContext(context.active());
  return {
    ...(spanContext ? { trace_id: spanContext.traceId, span_id: spanContext.spanId } : {}),
    ...requestIdAttribute(),
    service,
    timestamp: new Date().toISOString(),
    ...info,
  };
}

function emit(logger: Logger, from: WinstonLogger, line: unknown): void {
  if (typeof line !== 'object' || line === null || from.silent) return;
  const info = line as Info;
  const level = String(info[LEVEL] ?? info.level);
  if (from.isLevelEnabled?.(level) === false) return;
  const { message, level: _shown, trace_id, span_id, service: _service, timestamp, ...rest } = info;
  const severityNumber = SEVERITIES[level];
  logger.emit({
    body: typeof message === 'string' ? message : JSON.stringify(message ?? ''),
    attributes: stringKeys(rest),
    severityText: level.toUpperCase(),
    ...(severityNumber === undefined ? {} : { severityNumber }),
    ...(Number.isNaN(Date.parse(String(timestamp)))
      ? {}
      : { timestamp: new Date(String(timestamp)) }),
    context: contextOf(trace_id, span_id),
  });
}

/** Symbols are winston's own notes. */
function stringKeys(fields: Info): LogAttributes {
  return Object.fromEntries(Object.entries(fields)) as LogAttributes;
}

/** The line may leave the logger later than it came, so its own fields tell what it belongs to. */
function contextOf(traceId: unknown, spanId: unknown) {
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });
}
