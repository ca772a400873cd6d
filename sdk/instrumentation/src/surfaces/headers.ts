import type { NatsHeadersClass } from '../kernel/nats-internals.ts';
import { NATS_CORE, type Surface } from './surface.ts';

/** Nothing is patched here: injection needs the client's own header class to make copies with. */
export const headersSurface: Surface = {
  ...NATS_CORE,
  file: 'lib/headers.js',
  patch(exports, kernel) {
    kernel.headersClass = exports.MsgHdrsImpl as unknown as NatsHeadersClass | undefined;
    return () => {};
  },
};
