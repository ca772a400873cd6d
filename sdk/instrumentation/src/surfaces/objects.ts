import { ATTR } from '@hopline/model';
import type { Connection } from '../kernel/nats-internals.ts';
import { type Operation, storeReceive, storeSend } from '../kernel/operations.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { type StoreCall, sizeAttribute, tracedStoreCall } from './store-call.ts';
import { OBJECTS, type Surface, undoAll } from './surface.ts';

/** `ObjectStoreImpl`. */
interface ObjectStore {
  name: string;
  js: { nc: Connection };
}

interface ObjectResult {
  info: { size: number };
  /** Resolves when the last chunk is in. */
  error: Promise<Error | null>;
}

/** By method: what the span is called. The blob methods are the same operation on another type. */
const CHANGES: [method: string, operation: Operation][] = [
  ['put', storeSend('put')],
  ['putBlob', storeSend('put')],
  ['delete', storeSend('delete')],
];

/** Object stores: one span for each object that is put, read or deleted, not for its chunks. */
export const objectsSurface: Surface = {
  ...OBJECTS,
  file: 'lib/objectstore.js',
  patch(exports, kernel) {
    const store = exports.ObjectStoreImpl?.prototype;
    return undoAll([
      ...CHANGES.map(([method, operation]) =>
        wrapMethod(store, method, (original) =>
          tracedStoreCall(kernel, original, {
            describe: (self, [meta, value]) =>
              callOf(self as ObjectStore, { operation, meta, value }),
          }),
        ),
      ),
      wrapMethod(store, 'getBlob', (original) =>
        tracedStoreCall(kernel, original, {
          describe: (self, [meta]) =>
            callOf(self as ObjectStore, { operation: storeReceive('get'), meta }),
          onResult(active, blob) {
            active.span.setAttributes(sizeAttribute(blob));
            return undefined;
          },
        }),
      ),
      wrapMethod(store, 'get', (original) =>
        tracedStoreCall(kernel, original, {
          describe: (self, [meta]) =>
            callOf(self as ObjectStore, { operation: storeReceive('get'), meta }),
          onResult(active, result) {
            if (!result) return undefined;
            const { info, error } = result as ObjectResult;
            active.span.setAttribute(ATTR.bodySize, info.size);
            return error;
          },
        }),
      ),
    ]);
  },
};

interface ObjectCall {
  operation: Operation;
  /** The name, or an object that has it. */
  meta: unknown;
  value?: unknown;
}

function callOf({ name, js }: ObjectStore, { operation, meta, value }: ObjectCall): StoreCall {
  const object = typeof meta === 'string' ? meta : (meta as { name?: string } | null)?.name;
  return {
    operation,
    protocol: js.nc.protocol,
    subject: `$O.${name}.${object ?? ''}`,
    template: `$O.${name}.>`,
    attributes: {
      [ATTR.storeKind]: 'object-store',
      [ATTR.bucket]: name,
      ...(object === undefined ? {} : { [ATTR.key]: object }),
      ...sizeAttribute(value),
    },
  };
}
