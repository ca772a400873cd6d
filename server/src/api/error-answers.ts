import type { ErrorResponse } from '@hopline/model/api';
import type { FastifyInstance, FastifyReply } from 'fastify';
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

/** For what fastify refuses before any handler is chosen (an address that cannot be decoded). */
export async function answerFrameworkError(error: Error, reply: FastifyReply): Promise<void> {
  const body: ErrorResponse = {
    code: 'bad_request',
    message: `cannot read request: ${error.message}`,
  };
  await reply.code(400).send(body);
}

/**
 * What fastify itself refuses (a body that is too large). Its 403 is for paths that lead out of the web
 * folder or cannot be file names: nothing is there.
 */
function refusalOf(error: unknown): { status: number; body: ErrorResponse } | null {
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return null;
  if (statusCode === 403) {
    const body = { code: 'not_found', message: 'cannot find file: no such resource' };
    return { status: 404, body };
  }
  return { status: statusCode, body: { code: 'bad_request', message: String(message) } };
}
