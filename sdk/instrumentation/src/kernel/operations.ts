import type { OperationType } from '@hopline/model';
import { SpanKind } from '@opentelemetry/api';

/** One kind of operation: its name, its type in the conventions, its span kind. */
export interface Operation {
  name: string;
  type: OperationType;
  kind: SpanKind;
}

const send = (name: string): Operation => ({ name, type: 'send', kind: SpanKind.PRODUCER });
const settle = (name: string): Operation => ({ name, type: 'settle', kind: SpanKind.CLIENT });
const receive = (name: string): Operation => ({ name, type: 'receive', kind: SpanKind.CLIENT });

/** Operations of stores: what changes one is sent, what reads one is received. */
export const storeSend = send;
export const storeReceive = receive;

export const PUBLISH = send('publish');
export const CREATE: Operation = { name: 'create', type: 'create', kind: SpanKind.PRODUCER };
/** Sends messages that have contexts of their own. */
export const PUBLISH_BATCH: Operation = { name: 'publish', type: 'send', kind: SpanKind.CLIENT };
export const REQUEST = send('request');
export const RESPOND = send('respond');
export const PROCESS: Operation = { name: 'process', type: 'process', kind: SpanKind.CONSUMER };
export const FETCH = receive('fetch');
export const NEXT = receive('next');
export const ACK = settle('ack');
export const NAK = settle('nak');
export const TERM = settle('term');
export const WORKING = settle('working');
