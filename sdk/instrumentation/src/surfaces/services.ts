import { ATTR } from '@hopline/model';
import { type Attributes, context, SpanStatusCode } from '@opentelemetry/api';
import { deliveryOf, markReceived, openDelivery } from '../kernel/delivery.ts';
import type { Delivery, DeliverySource } from '../kernel/delivery-source.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AnyMethod, Connection, CoreMessage } from '../kernel/nats-internals.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { expectOwnSubscription } from './client-handlers.ts';
import { loopSource } from './iterate.ts';
import { SERVICES, type Surface, undoAll } from './surface.ts';

/** `ServiceImpl`. */
interface Service {
  nc: Connection;
  config: { name: string; queue?: string };
}

interface Endpoint {
  name: string;
  subject: string;
  queue?: string;
  handler?: AnyMethod | null;
}

/** `ServiceMsgImpl`. */
interface ServiceMessage {
  msg: CoreMessage;
}

/** The failure that a handler gave as its answer. */
const ANSWERED = Symbol('hopline.thrown');

/**
 * Endpoints of services, by handler and by iterator. The client itself measures a handler only until it
 * returns and does not see what an asynchronous one fails with; these spans do. Discovery (`$SRV`) has
 * endpoints too, which are the client's own.
 */
export const servicesSurface: Surface = {
  ...SERVICES,
  file: 'lib/service.js',
  patch(exports, kernel) {
    const service = exports.ServiceImpl?.prototype;
    const iterated = new WeakSet<Endpoint>();
    return undoAll([
      wrapMethod(
        service,
        '_addEndpoint',
        (original) =>
          function addEndpoint(this: Service, endpoint: Endpoint) {
            if (typeof endpoint.handler === 'function') return original.call(this, endpoint);
            iterated.add(endpoint);
            const iterator: object = original.call(this, endpoint);
            kernel.guard(() => {
              const source = sourceOf(kernel, this, endpoint);
              loopSource(iterator, () => (message: unknown) => {
                return openDelivery(source, (message as ServiceMessage).msg);
              });
            });
            return iterator;
          },
      ),
      wrapMethod(
        service,
        'setupHandler',
        (original) =>
          function setupHandler(this: Service, endpoint: Endpoint, internal?: boolean) {
            if (!internal && endpoint.handler) {
              kernel.guard(() => instrument(kernel, this, { endpoint, iterated }));
            }
            return original.call(this, endpoint, internal);
          },
      ),
      wrapMethod(exports.ServiceMsgImpl?.prototype, 'respondError', (original) =>
        tracedRespondError(kernel, original),
      ),
    ]);
  },
};

interface Instrumented {
  endpoint: Endpoint;
  iterated: WeakSet<Endpoint>;
}

function instrument(kernel: Kernel, service: Service, { endpoint, iterated }: Instrumented): void {
  const handler = endpoint.handler as AnyMethod;
  expectOwnSubscription(service.nc, endpoint.subject);
  if (iterated.has(endpoint)) {
    endpoint.handler = (error: unknown, message: ServiceMessage) => {
      if (!error) markReceived(kernel, message.msg);
      handler(error, message);
    };
    return;
  }
  const source = sourceOf(kernel, service, endpoint);
  endpoint.handler = function traced(this: unknown, error: unknown, message: ServiceMessage) {
    const delivery =
      error || kernel.idle ? undefined : kernel.guard(() => openDelivery(source, message.msg));
    if (!delivery) return handler.call(this, error, message);
    return runEndpoint(delivery, () => handler.call(this, error, message));
  };
}

function sourceOf(kernel: Kernel, { nc, config }: Service, endpoint: Endpoint): DeliverySource {
  const queue = endpoint.queue || config.queue;
  const attributes: Attributes = {
    [ATTR.microservice]: config.name,
    [ATTR.endpoint]: endpoint.name,
    ...(queue ? { [ATTR.consumerGroup]: queue } : {}),
  };
  return { kernel, protocol: nc.protocol, pattern: endpoint.subject, attributes };
}

type Failing = Delivery & { [ANSWERED]?: Error };

/** Ends the span when the handler is done, with the error it threw, rejected with or answered. */
function runEndpoint(delivery: Failing, run: () => unknown): unknown {
  const { operation } = delivery;
  const done = (): void => operation.end(delivery[ANSWERED] ? { error: delivery[ANSWERED] } : {});
  let result: unknown;
  try {
    result = context.with(operation.context, run);
  } catch (error) {
    operation.end({ error });
    throw error;
  }
  if (!(result instanceof Promise)) {
    done();
    return result;
  }
  return result.then(
    (value) => {
      done();
      return value;
    },
    (error) => {
      operation.end({ error });
      throw error;
    },
  );
}

/** `message.respondError(code, description)`: the handler did its work, and its answer is a failure. */
function tracedRespondError(kernel: Kernel, original: AnyMethod): AnyMethod {
  return function respondError(this: ServiceMessage, ...args: unknown[]) {
    kernel.guard(() => {
      const [code, description] = args;
      const delivery: Failing | undefined = deliveryOf(this.msg);
      if (!delivery) return;
      const { span } = delivery.operation;
      const failure = new Error(String(description));
      failure.name = String(code);
      delivery[ANSWERED] = failure;
      if (!span.isRecording()) return;
      span.setAttribute(ATTR.serviceErrorCode, String(code));
      span.setAttribute(ATTR.errorType, String(code));
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(description) });
    });
    return original.apply(this, args);
  };
}
