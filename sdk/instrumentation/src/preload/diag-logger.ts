import { type DiagLogger, DiagLogLevel } from '@opentelemetry/api';

const LEVELS: Record<string, DiagLogLevel> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

/** The level that `OTEL_LOG_LEVEL` names; undefined when it names none. */
export function diagLevelOf(name: string | undefined): DiagLogLevel | undefined {
  return LEVELS[name?.toLowerCase() ?? ''];
}

/** Writes to stderr directly: over `console` its lines would be sent as the application's. */
export function stderrDiagLogger(): DiagLogger {
  const writer =
    (level: string) =>
    (message: string, ...args: unknown[]): void => {
      const details = args.length > 0 ? ` ${args.map(String).join(' ')}` : '';
      process.stderr.write(`hopline ${level}: ${message}${details}\n`);
    };
  return {
    error: writer('error'),
    warn: writer('warn'),
    info: writer('info'),
    debug: writer('debug'),
    verbose: writer('verbose'),
  };
}
