import type { ErrorResponse } from '@hopline/model/api';
import type { FastifyInstance } from 'fastify';
import { answerTo } from './errors.ts';

/** The border: every error becomes an ErrorResponse with the status of its kind. */
export function registerErrors(
  app: FastifyInstance,
  onError: (error: unknown, path: string) => void,
): void {
  app.setErrorHandler(async (error, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal) return await reply.code(refusal.status).send(refusal.body);
    const { status, code, retryAfterSeconds, isOurs } = answerTo(error);
    if (status >= 500) onError(error, request.url);
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
    const message =
      isOurs && error instanceof Error
        ? error.message
        : 'cannot answer: an error of Hopline itself';
    const body: ErrorResponse = { code, message };
    return await reply.code(status).send(body);
  });
}

/** What fastify itself refuses (a broken URL, a body that is too large). */
function refusalOf(error: unknown): { status: number; body: ErrorResponse } | null {
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return null;
  return { status: statusCode, body: { code: 'bad_request', message: String(message) } };
}
