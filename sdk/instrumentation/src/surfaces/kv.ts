import { ATTR } from '@hopline/model';
import { trace } from '@opentelemetry/api';
import type { ActiveOperation } from '../kernel/active-operation.ts';
import { extractContext } from '../kernel/carrier.ts';
import { openDelivery } from '../kernel/delivery.ts';
import type { Delivery, DeliverySource } from '../kernel/delivery-source.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type {
  AnyMethod,
  Connection,
  JetStreamMessage,
  NatsHeaders,
  NatsMessage,
} from '../kernel/nats-internals.ts';
import { storeReceive, storeSend } from '../kernel/operations.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { loopSource } from './iterate.ts';
import { type StoreCall, sizeAttribute, tracedStoreCall } from './store-call.ts';
import { KV, type Surface, undoAll } from './surface.ts';

/** `Bucket`. */
interface Bucket {
  bucket: string;
  js: { nc: Connection };
}

/** `KvStoredEntryImpl`. */
interface StoredEntry {
  sm: { header?: NatsHeaders; seq: number; time: Date; data: Uint8Array };
}

/** `KvJsMsgEntryImpl`, what a watch hands out. */
interface WatchedEntry {
  sm: JetStreamMessage;
}

const CHANGES = ['put', 'create', 'update', 'delete', 'purge'];

/**
 * Key-value buckets: one span for each change or read, and a process span for each entry that a watch
 * or a history hands out. What is read was written in another trace, so it is linked.
 */
export const kvSurface: Surface = {
  ...KV,
  file: 'lib/kv.js',
  patch(exports, kernel) {
    const bucket = exports.Bucket?.prototype;
    return undoAll([
      ...CHANGES.map((method) =>
        wrapMethod(bucket, method, (original) =>
          tracedStoreCall(kernel, original, {
            describe: (self, [key, value]) => ({
              ...callOf(self as Bucket, key),
              operation: storeSend(method),
              payload: value as StoreCall['payload'],
              attributes: { ...attributesOf(self as Bucket, key), ...sizeAttribute(value) },
            }),
          }),
        ),
      ),
      wrapMethod(bucket, 'get', (original) =>
        tracedStoreCall(kernel, original, {
          describe: (self, [key]) => ({
            ...callOf(self as Bucket, key),
            operation: storeReceive('get'),
            attributes: attributesOf(self as Bucket, key),
          }),
          onResult(active, entry) {
            if (entry) recordEntry(active, entry as StoredEntry);
            return undefined;
          },
        }),
      ),
      wrapMethod(bucket, 'watch', (original) => tracedWatch(kernel, original)),
      wrapMethod(bucket, 'history', (original) => tracedWatch(kernel, original)),
    ]);
  },
};

function callOf({ bucket, js }: Bucket, key: unknown) {
  return {
    protocol: js.nc.protocol,
    subject: `$KV.${bucket}.${String(key)}`,
    template: `$KV.${bucket}.>`,
  };
}

function attributesOf({ bucket }: Bucket, key: unknown) {
  return { [ATTR.storeKind]: 'key-value', [ATTR.bucket]: bucket, [ATTR.key]: String(key) };
}

function recordEntry({ span }: ActiveOperation, { sm }: StoredEntry): void {
  if (!span.isRecording()) return;
  const attributes = {
    [ATTR.bodySize]: sm.data.length,
    [ATTR.streamSequence]: sm.seq,
    // Milliseconds are all that the client keeps of it.
    [ATTR.storeTime]: `${sm.time.getTime()}000000`,
  };
  span.setAttributes(attributes);
  const written = sm.header && trace.getSpanContext(extractContext(messageOf(sm.header)));
  if (written) span.addLink({ context: written, attributes });
}

function messageOf(headers: NatsHeaders): NatsMessage {
  return { subject: '', headers, data: new Uint8Array() };
}

function tracedWatch(kernel: Kernel, original: AnyMethod): AnyMethod {
  return function watch(this: Bucket, ...args: unknown[]) {
    const entries: Promise<object> = original.apply(this, args);
    return entries.then((iterator) => {
      kernel.guard(() => {
        const source: DeliverySource = {
          kernel,
          protocol: this.js.nc.protocol,
          pattern: `$KV.${this.bucket}.>`,
          attributes: { [ATTR.storeKind]: 'key-value', [ATTR.bucket]: this.bucket },
          stored: true,
        };
        loopSource(iterator, () => (entry: unknown) => openEntry(source, entry as WatchedEntry));
      });
      return iterator;
    });
  };
}

function openEntry(source: DeliverySource, { sm }: WatchedEntry): Delivery | undefined {
  return openDelivery(source, sm);
}
