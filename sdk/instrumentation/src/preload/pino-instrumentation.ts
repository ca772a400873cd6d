import { ATTR } from '@hopline/model';
import { context, type SpanContext, trace } from '@opentelemetry/api';
import {
  type AnyValueMap,
  type LogAttributes,
  type Logger,
  logs,
  SeverityNumber,
} from '@opentelemetry/api-logs';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import type { AnyMethod } from '../kernel/nats-internals.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { REQUEST_ID_FIELD, requestIdAttribute, requestIdOf } from '../propagation/request-id.ts';
import { VERSION } from '../version.ts';

const NAME = '@hopline/instrumentation/pino';
const VERSIONS = ['>=7.0.0 <11'];

/** Fields of a line that the log record says elsewhere: resource, trace context, severity, time. */
const TOLD_ELSEWHERE = ['level', 'time', 'pid', 'hostname', 'trace_id', 'span_id', 'service'];

const SEVERITIES: [number, SeverityNumber, string][] = [
  [60, SeverityNumber.FATAL, 'FATAL'],
  [50, SeverityNumber.ERROR, 'ERROR'],
  [40, SeverityNumber.WARN, 'WARN'],
  [30, SeverityNumber.INFO, 'INFO'],
  [20, SeverityNumber.DEBUG, 'DEBUG'],
  [0, SeverityNumber.TRACE, 'TRACE'],
];

export interface PinoOptions {
  serviceName: string;
  /** Send each line as a log record, too. */
  send: boolean;
}

/**
 * Adds `trace_id`, `span_id`, `service` and `timestamp` to pino's lines and sends the lines as log records.
 * Patches the file where a line is written, inside the package: unlike the package's main export it is reached
 * without a loader hook, also for `import pino from 'pino'` and for fastify's own logger.
 */
export class PinoInstrumentation extends InstrumentationBase {
  readonly #options: PinoOptions;

  constructor(options: PinoOptions) {
    super(NAME, VERSION, { enabled: false });
    this.#options = options;
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const file = new InstrumentationNodeModuleFile(
      'pino/lib/proto.js',
      VERSIONS,
      (exports: () => object) => {
        this.#patch(Object.getPrototypeOf(exports()));
        return exports;
      },
      () => {},
    );
    return [
      new InstrumentationNodeModuleDefinition('pino', VERSIONS, undefined, undefined, [file]),
    ];
  }

  #patch(prototype: object): void {
    const asJson = Object.getOwnPropertySymbols(prototype).find(
      (symbol) => symbol.description === 'pino.asJson',
    );
    if (!asJson) return;
    const line = new PinoLine(this.#options, logs.getLogger(NAME, VERSION));
    const { _diag: diag } = this;
    wrapMethod(
      prototype,
      asJson,
      (original: AnyMethod) =>
        function asJsonWithTrace(this: unknown, ...args: unknown[]) {
          const text: unknown = original.apply(this, args);
          try {
            return line.enrich(text, Number(args[2]));
          } catch (error) {
            diag.error('cannot correlate a pino line', error);
            return text;
          }
        },
    );
  }
}

/** One line as pino has just serialized and redacted it. */
class PinoLine {
  readonly #options: PinoOptions;
  readonly #logger: Logger;

  constructor(options: PinoOptions, logger: Logger) {
    this.#options = options;
    this.#logger = logger;
  }

  enrich(text: unknown, level: number): unknown {
    if (typeof text !== 'string') return text;
    if (this.#options.send) this.#send(text, level);
    const end = text.lastIndexOf('}');
    if (end < 1) return text;
    const fields = this.#fields(text);
    return fields === '' ? text : `${text.slice(0, end)}${fields}${text.slice(end)}`;
  }

  /** What the application writes itself stays as it wrote it. */
  #fields(text: string): string {
    let fields = '';
    const spanContext: SpanContext | undefined = trace.getSpanContext(context.active());
    if (spanContext && !text.includes('"trace_id":')) {
      fields += `,"trace_id":"${spanContext.traceId}","span_id":"${spanContext.spanId}"`;
    }
    const id = requestIdOf();
    if (id !== undefined && !text.includes(`"${REQUEST_ID_FIELD}":`)) {
      fields += `,"${REQUEST_ID_FIELD}":${JSON.stringify(id)}`;
    }
    if (!text.includes('"service":')) {
      fields += `,"service":${JSON.stringify(this.#options.serviceName)}`;
    }
    // pino's own `time` is in its own format, or switched off.
    if (!text.includes('"timestamp":')) {
      fields += `,"timestamp":"${new Date().toISOString()}"`;
    }
    return fields;
  }

  #send(text: string, level: number): void {
    const fields: Record<string, unknown> = JSON.parse(text);
    const { msg, err, ...rest } = fields;
    for (const key of TOLD_ELSEWHERE) delete rest[key];
    const [, severityNumber, severityText] = SEVERITIES.find(([from]) => level >= from) ?? [];
    this.#logger.emit({
      body: typeof msg === 'string' ? msg : JSON.stringify(msg ?? ''),
      attributes: {
        ...requestIdAttribute(),
        ...(rest as LogAttributes),
        ...exceptionAttributes(err),
      },
      context: context.active(),
      ...(severityNumber === undefined ? {} : { severityNumber }),
      ...(severityText === undefined ? {} : { severityText }),
      ...timestampOf(fields.time),
    });
  }
}

/** pino writes milliseconds by default; other formats leave the time of the call. */
function timestampOf(time: unknown): { timestamp?: Date } {
  if (typeof time === 'string' && !Number.isNaN(Date.parse(time))) {
    return { timestamp: new Date(time) };
  }
  return typeof time === 'number' && time > 1e11 ? { timestamp: new Date(time) } : {};
}

function exceptionAttributes(error: unknown): LogAttributes {
  if (typeof error !== 'object' || error === null) return {};
  const { type, message, stack } = error as AnyValueMap;
  return {
    ...(type === undefined ? {} : { [ATTR.exceptionType]: type }),
    ...(message === undefined ? {} : { [ATTR.exceptionMessage]: message }),
    ...(stack === undefined ? {} : { [ATTR.exceptionStacktrace]: stack }),
  };
}
