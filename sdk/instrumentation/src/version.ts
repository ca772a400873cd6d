/** The name of the tracer and the meter. */
export const INSTRUMENTATION_NAME = '@hopline/instrumentation';
/** Kept equal to package.json by a test. */
export const VERSION = '0.1.0';
