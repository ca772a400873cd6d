import { ATTR } from '@hopline/model';
import { trace } from '@opentelemetry/api';
import type { ActiveOperation } from '../kernel/active-operation.ts';
import { extractContext } from '../kernel/carrier.ts';
import { factsOf } from '../kernel/connection-facts.ts';
import { contextFor, deliveryOf, jetStreamAttributes } from '../kernel/delivery.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AnyMethod, JetStreamMessage } from '../kernel/nats-internals.ts';
import { ACK, NAK, type Operation, TERM, WORKING } from '../kernel/operations.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { JETSTREAM, type Surface, undoAll } from './surface.ts';

interface Settlement {
  operation: Operation;
  disposition: string;
}

const SYNCHRONOUS: Record<string, Settlement> = {
  ack: { operation: ACK, disposition: 'ack' },
  nak: { operation: NAK, disposition: 'nak' },
  term: { operation: TERM, disposition: 'term' },
  working: { operation: WORKING, disposition: 'in_progress' },
};
const FINAL = [ACK, TERM];
const CONFIRMED: Settlement = { operation: ACK, disposition: 'ack_confirmed' };

/** `ack`, `nak`, `term`, `working`: sent when the call returns. `ackAck`: confirmed by the server. */
export const settleSurface: Surface = {
  ...JETSTREAM,
  file: 'lib/jsmsg.js',
  patch(exports, kernel) {
    const message = exports.JsMsgImpl?.prototype;
    return undoAll([
      ...Object.entries(SYNCHRONOUS).map(([method, settlement]) =>
        wrapMethod(message, method, (original) => tracedSettle(kernel, original, settlement)),
      ),
      wrapMethod(message, 'ackAck', (original) => tracedConfirm(kernel, original)),
    ]);
  },
};

function tracedSettle(kernel: Kernel, original: AnyMethod, settlement: Settlement): AnyMethod {
  return function settle(this: JetStreamMessage, ...args: unknown[]) {
    const active = kernel.guard(() => begin(kernel, this, settlement));
    try {
      const result = original.apply(this, args);
      active?.end();
      return result;
    } catch (error) {
      active?.end({ error });
      throw error;
    }
  };
}

function tracedConfirm(kernel: Kernel, original: AnyMethod): AnyMethod {
  return function ackAck(this: JetStreamMessage, ...args: unknown[]) {
    const active = kernel.guard(() => begin(kernel, this, CONFIRMED));
    const confirmed: Promise<boolean> = original.apply(this, args);
    return active ? kernel.endWith(active, confirmed) : confirmed;
  };
}

/** Undefined where the client will send nothing: settled before, or not from a stream. */
function begin(
  kernel: Kernel,
  message: JetStreamMessage,
  { operation, disposition }: Settlement,
): ActiveOperation | undefined {
  if (message.didAck || !message.reply || kernel.quiet) return undefined;
  const delivery = deliveryOf(message);
  const creation = delivery ? delivery.creation : trace.getSpanContext(extractContext(message));
  const active = kernel.begin({
    operation,
    facts: factsOf(message.msg.publisher),
    destination: kernel.destinations.of(message.subject, delivery?.source.pattern),
    parent: contextFor(message),
    ...(creation ? { links: [{ context: creation }] } : {}),
    metricAttributes: delivery?.source.attributes,
  });
  if (active.span.isRecording()) {
    active.span.setAttributes({
      ...jetStreamAttributes(message),
      ...delivery?.source.attributes,
      [ATTR.disposition]: disposition,
    });
  }
  // Not for `nak` and `working`: the message comes again, or its handling goes on.
  if (delivery?.metadata && FINAL.includes(operation)) kernel.attempts.forget(delivery.metadata);
  const processing = delivery?.operation.span;
  if (processing?.isRecording()) processing.setAttribute(ATTR.disposition, disposition);
  return active;
}
