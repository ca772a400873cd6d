import { context, diag } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core';
import type { ISerializer } from '@opentelemetry/otlp-transformer';
import type { OtlpSender } from './otlp-sender.ts';

/**
 * Turns what the SDK hands over into OTLP bytes and passes them to a sender. It answers at once: the
 * SDK's own waiting holds timers that would keep a finished process alive.
 */
export class OtlpExporter<Items> {
  readonly #serializer: ISerializer<Items, unknown>;
  readonly #sender: OtlpSender;

  constructor(serializer: ISerializer<Items, unknown>, sender: OtlpSender) {
    this.#serializer = serializer;
    this.#sender = sender;
  }

  export(items: Items, done: (result: ExportResult) => void): void {
    try {
      const body = this.#serializer.serializeRequest(items);
      if (body) context.with(suppressTracing(context.active()), () => this.#sender.enqueue(body));
      done({ code: ExportResultCode.SUCCESS });
    } catch (error) {
      diag.error('cannot serialize an export', error);
      done({ code: ExportResultCode.FAILED });
    }
  }

  /** Nothing waits here; what waits to be sent is the sender's. */
  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
