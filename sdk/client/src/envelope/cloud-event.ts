import { type Checked, type Envelope, isUtc } from './envelope.ts';

/**
 * CloudEvents 1.0. `data` is a JSON value, a string, or bytes, as `datacontenttype` says; without that it is
 * JSON. Further properties are extensions: lower-case letters and digits, with a text, number or boolean.
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  /** A URI reference: who says so. */
  readonly source: string;
  readonly type: string;
  readonly time?: string;
  readonly subject?: string;
  readonly datacontenttype?: string;
  readonly dataschema?: string;
  readonly data?: unknown;
  readonly [extension: string]: unknown;
}

const REQUIRED = ['id', 'source', 'type'];
const OPTIONAL = ['subject', 'datacontenttype', 'dataschema'];

export function toCloudEvent(
  envelope: Envelope,
  about: { source: string; subject?: string; dataschema?: string },
): CloudEvent {
  const { id, type, timestamp, data } = envelope;
  return { specversion: '1.0', id, type, time: timestamp, data, ...about };
}

/** An event without a time has no envelope, and neither has one without data. */
export function fromCloudEvent(event: CloudEvent): Checked<Envelope> {
  const { id, type, time, data } = event;
  const problems = [
    ...(time === undefined ? ['time: missing'] : []),
    ...(data === undefined ? ['data: missing'] : []),
  ];
  if (problems.length > 0 || time === undefined) return { ok: false, problems };
  // CloudEvents allow any offset; an envelope is in UTC.
  const timestamp = isUtc(time) ? time : new Date(time).toISOString();
  return { ok: true, value: { id, type, timestamp, data } };
}

export function checkCloudEvent(value: unknown): Checked<CloudEvent> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, problems: ['not an object'] };
  }
  const event = value as Record<string, unknown>;
  const problems = [
    ...(event.specversion === '1.0' ? [] : ['specversion: not "1.0"']),
    ...REQUIRED.filter((name) => !isText(event[name])).map((name) => `${name}: missing or empty`),
    ...OPTIONAL.filter((name) => event[name] !== undefined && !isText(event[name])).map(
      (name) => `${name}: not a text`,
    ),
    ...(event.time === undefined || isTime(event.time) ? [] : ['time: not a time of RFC 3339']),
    ...Object.keys(event)
      .filter((name) => !/^[a-z0-9]+$/.test(name))
      .map((name) => `${name}: not lower-case letters and digits`),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: event as CloudEvent };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isTime(value: unknown): boolean {
  const shape = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
  return typeof value === 'string' && shape.test(value) && !Number.isNaN(Date.parse(value));
}
