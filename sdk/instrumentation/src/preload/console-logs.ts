import { formatWithOptions } from 'node:util';
import { context } from '@opentelemetry/api';
import { type Logger, SeverityNumber } from '@opentelemetry/api-logs';
import { requestIdAttribute } from '../propagation/request-id.ts';

/** One line of output is at most this long as a log record. */
const BODY_MAX_CHARS = 16_384;

const METHODS: ['debug' | 'log' | 'info' | 'warn' | 'error', SeverityNumber, string][] = [
  ['debug', SeverityNumber.DEBUG, 'DEBUG'],
  ['log', SeverityNumber.INFO, 'INFO'],
  ['info', SeverityNumber.INFO, 'INFO'],
  ['warn', SeverityNumber.WARN, 'WARN'],
  ['error', SeverityNumber.ERROR, 'ERROR'],
];

/**
 * Sends what the application writes to the console as log records with the active trace context. The
 * output itself is written first and stays byte for byte the same. Answers how to stop.
 */
export function captureConsole(target: Console, logger: Logger): () => void {
  const undos = METHODS.map(([method, severityNumber, severityText]) => {
    const original = target[method];
    let emitting = false;
    const captured = (...args: unknown[]): void => {
      original.apply(target, args);
      // A log pipeline that itself writes to the console must not feed itself.
      if (emitting) return;
      emitting = true;
      try {
        const body = formatWithOptions({ colors: false }, ...args).slice(0, BODY_MAX_CHARS);
        const attributes = requestIdAttribute();
        logger.emit({ body, severityNumber, severityText, attributes, context: context.active() });
      } catch {
        // A value that cannot be shown was the application's to print; it has been.
      } finally {
        emitting = false;
      }
    };
    target[method] = captured;
    return () => {
      if (target[method] === captured) target[method] = original;
    };
  });
  return () => {
    for (const undo of undos) undo();
  };
}
