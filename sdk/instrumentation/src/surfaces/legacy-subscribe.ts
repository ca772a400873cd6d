import { markReceived, openDelivery } from '../kernel/delivery.ts';
import type { DeliverySource } from '../kernel/delivery-source.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AnyMethod, Connection, ConsumerSettings } from '../kernel/nats-internals.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { expectOwnSubscription } from './client-handlers.ts';
import { tracedCallback } from './consume.ts';
import { consumerSource } from './consumer-source.ts';
import { loopSource } from './iterate.ts';
import { LEGACY, type Surface, undoAll } from './surface.ts';

/** What `js.subscribe` knows of its consumer. */
interface SubscriptionInfo {
  stream: string;
  name?: string;
  /** Where the server delivers to; the subscription that follows is the client's own. */
  deliver: string;
  config: ConsumerSettings;
  api: { nc: Connection };
}

interface TypedOptions {
  /** The application's, when it subscribes by callback. */
  callback?: AnyMethod;
  adapter: AnyMethod;
}

/** `js.subscribe()` and `js.pullSubscribe()` of the `nats` 2.x package, by callback and by iterator. */
export const legacySubscribeSurface: Surface = {
  ...LEGACY,
  file: 'lib/jetstream/jsclient.js',
  patch(exports, kernel) {
    const subscription = exports.JetStreamSubscriptionImpl?.prototype;
    return undoAll([
      wrapMethod(
        exports.JetStreamClientImpl?.prototype,
        '_buildTypedSubscriptionOpts',
        (original) =>
          function buildTypedSubscriptionOpts(this: unknown, info: SubscriptionInfo) {
            const options: TypedOptions = original.call(this, info);
            kernel.guard(() => instrument(kernel, info, options));
            return options;
          },
      ),
      wrapMethod(
        subscription,
        'push',
        (original) =>
          function push(this: unknown, pushed: unknown) {
            if (typeof pushed !== 'function') kernel.guard(() => markReceived(kernel, pushed));
            return original.call(this, pushed);
          },
      ),
      loopSource(subscription, function (this: { info: SubscriptionInfo }) {
        return (message) => openDelivery(sourceOf(kernel, this.info), message);
      }),
    ]);
  },
};

function instrument(kernel: Kernel, info: SubscriptionInfo, options: TypedOptions): void {
  expectOwnSubscription(info.api.nc, info.deliver);
  const { callback } = options;
  if (typeof callback !== 'function') return;
  const traced = tracedCallback(
    kernel,
    () => sourceOf(kernel, info),
    (message) => callback(null, message),
  );
  options.callback = (error: unknown, message: unknown) =>
    error || !message ? callback(error, message) : traced(message);
}

function sourceOf(kernel: Kernel, { api, stream, name, config }: SubscriptionInfo): DeliverySource {
  return consumerSource(kernel, {
    api,
    _info: { name: name ?? '', stream_name: stream, config },
  });
}
