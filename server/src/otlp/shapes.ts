import { WIRE } from './field-reader.ts';
import {
  type ItemVerdict,
  logVerdict,
  pointVerdict,
  spanVerdict,
  unsupportedVerdict,
} from './verdicts.ts';

/** How a known field must come. `packed64` and `packedVarint`: one by one, or as one run of bytes. */
type Form = 'varint' | 'fixed64' | 'bytes' | 'fixed32' | 'packed64' | 'packedVarint';

/** What the scan knows of one message of OTLP v1: enough to tell sound bytes from broken ones. */
export interface MessageShape {
  readonly name: string;
  /** By field number: 0 unknown (skipped), else wire type + 1, else PACKED_*. */
  readonly forms: Uint8Array;
  /** By field number: the message inside a `bytes` field. */
  readonly children: (MessageShape | undefined)[];
  /** Of a span, log record or data point; null for messages that are none. */
  readonly verdict: ItemVerdict | null;
  /** True for the messages above the items: those that are rewritten when an item is rejected. */
  holdsItems: boolean;
}

export const PACKED_64 = 16;
export const PACKED_VARINT = 17;
const MAX_FIELD = 16;

const FORM_CODES: Record<Form, number> = {
  varint: WIRE.varint + 1,
  fixed64: WIRE.fixed64 + 1,
  bytes: WIRE.bytes + 1,
  fixed32: WIRE.fixed32 + 1,
  packed64: PACKED_64,
  packedVarint: PACKED_VARINT,
};

type Fields = Record<number, Form | MessageShape>;

function shape(name: string, fields: Fields, verdict: ItemVerdict | null = null): MessageShape {
  const made: MessageShape = {
    name,
    forms: new Uint8Array(MAX_FIELD + 1),
    children: new Array<MessageShape | undefined>(MAX_FIELD + 1).fill(undefined),
    verdict,
    holdsItems: false,
  };
  addFields(made, fields);
  return made;
}

function addFields(to: MessageShape, fields: Fields): void {
  for (const [key, form] of Object.entries(fields)) {
    const field = Number(key);
    to.forms[field] = FORM_CODES[typeof form === 'string' ? form : 'bytes'];
    if (typeof form === 'string') continue;
    to.children[field] = form;
    to.holdsItems ||= form.holdsItems || form.verdict !== null;
  }
}

const anyValue = shape('AnyValue', {
  1: 'bytes',
  2: 'varint',
  3: 'varint',
  4: 'fixed64',
  7: 'bytes',
});
const keyValue = shape('KeyValue', { 1: 'bytes', 2: anyValue });
addFields(anyValue, {
  5: shape('ArrayValue', { 1: anyValue }),
  6: shape('KeyValueList', { 1: keyValue }),
});

const entityRef = shape('EntityRef', { 1: 'bytes', 2: 'bytes', 3: 'bytes', 4: 'bytes' });
const resource = shape('Resource', { 1: keyValue, 2: 'varint', 3: entityRef });
const scope = shape('InstrumentationScope', {
  1: 'bytes',
  2: 'bytes',
  3: keyValue,
  4: 'varint',
});

/** Request → resource 1 | scoped 2 → scope 1 | items 2: the same frame around every signal. */
function request(signal: string, item: MessageShape): MessageShape {
  const scoped = shape(`Scope${signal}`, { 1: scope, 2: item, 3: 'bytes' });
  const perResource = shape(`Resource${signal}`, { 1: resource, 2: scoped, 3: 'bytes' });
  return shape(`Export${signal}ServiceRequest`, { 1: perResource });
}

const event = shape('Event', { 1: 'fixed64', 2: 'bytes', 3: keyValue, 4: 'varint' });
const link = shape('Link', {
  1: 'bytes',
  2: 'bytes',
  3: 'bytes',
  4: keyValue,
  5: 'varint',
  6: 'fixed32',
});
const status = shape('Status', { 2: 'bytes', 3: 'varint' });
const span = shape(
  'Span',
  {
    1: 'bytes',
    2: 'bytes',
    3: 'bytes',
    4: 'bytes',
    5: 'bytes',
    6: 'varint',
    7: 'fixed64',
    8: 'fixed64',
    9: keyValue,
    10: 'varint',
    11: event,
    12: 'varint',
    13: link,
    14: 'varint',
    15: status,
    16: 'fixed32',
  },
  spanVerdict,
);

const logRecord = shape(
  'LogRecord',
  {
    1: 'fixed64',
    2: 'varint',
    3: 'bytes',
    5: anyValue,
    6: keyValue,
    7: 'varint',
    8: 'fixed32',
    9: 'bytes',
    10: 'bytes',
    11: 'fixed64',
    12: 'bytes',
  },
  logVerdict,
);

const exemplar = shape('Exemplar', {
  2: 'fixed64',
  3: 'fixed64',
  4: 'bytes',
  5: 'bytes',
  6: 'fixed64',
  7: keyValue,
});
const numberPoint = shape(
  'NumberDataPoint',
  {
    2: 'fixed64',
    3: 'fixed64',
    4: 'fixed64',
    5: exemplar,
    6: 'fixed64',
    7: keyValue,
    8: 'varint',
  },
  pointVerdict,
);
const histogramPoint = shape(
  'HistogramDataPoint',
  {
    2: 'fixed64',
    3: 'fixed64',
    4: 'fixed64',
    5: 'fixed64',
    6: 'packed64',
    7: 'packed64',
    8: exemplar,
    9: keyValue,
    10: 'varint',
    11: 'fixed64',
    12: 'fixed64',
  },
  pointVerdict,
);
const buckets = shape('Buckets', { 1: 'varint', 2: 'packedVarint' });
const exponentialPoint = shape(
  'ExponentialHistogramDataPoint',
  {
    1: keyValue,
    2: 'fixed64',
    3: 'fixed64',
    4: 'fixed64',
    5: 'fixed64',
    6: 'varint',
    7: 'fixed64',
    8: buckets,
    9: buckets,
    10: 'varint',
    11: exemplar,
    12: 'fixed64',
    13: 'fixed64',
    14: 'fixed64',
  },
  pointVerdict,
);
const quantile = shape('ValueAtQuantile', { 1: 'fixed64', 2: 'fixed64' });
const summaryPoint = shape(
  'SummaryDataPoint',
  {
    2: 'fixed64',
    3: 'fixed64',
    4: 'fixed64',
    5: 'fixed64',
    6: quantile,
    7: keyValue,
    8: 'varint',
  },
  unsupportedVerdict,
);
const metric = shape('Metric', {
  1: 'bytes',
  2: 'bytes',
  3: 'bytes',
  5: shape('Gauge', { 1: numberPoint }),
  7: shape('Sum', { 1: numberPoint, 2: 'varint', 3: 'varint' }),
  9: shape('Histogram', { 1: histogramPoint, 2: 'varint' }),
  10: shape('ExponentialHistogram', { 1: exponentialPoint, 2: 'varint' }),
  11: shape('Summary', { 1: summaryPoint }),
  12: keyValue,
});

/** The requests of the three OTLP services. */
export const REQUEST_SHAPES = {
  traces: request('Trace', span),
  logs: request('Logs', logRecord),
  metrics: request('Metrics', metric),
} as const;

/** Signals that come as OTLP. */
export type OtlpSignal = keyof typeof REQUEST_SHAPES;
export const OTLP_SIGNALS = Object.keys(REQUEST_SHAPES) as readonly OtlpSignal[];
