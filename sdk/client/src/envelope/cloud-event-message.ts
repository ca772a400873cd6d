import { headers as createHeaders, type MsgHdrs } from '@nats-io/nats-core';
import { type CloudEvent, checkCloudEvent } from './cloud-event.ts';
import { type Checked, parseJson } from './envelope.ts';

export interface MessageParts {
  readonly headers?: MsgHdrs | undefined;
  readonly data: Uint8Array;
}

const STRUCTURED = 'application/cloudevents+json';
const CONTENT_TYPE = 'Content-Type';
const PREFIX = 'ce-';

/** The mode of the NATS protocol binding: the whole event is the payload, in the JSON event format. */
export function toStructuredMessage(event: CloudEvent): { headers: MsgHdrs; data: Uint8Array } {
  const { data, ...attributes } = event;
  const body =
    data instanceof Uint8Array
      ? { ...attributes, data_base64: Buffer.from(data).toString('base64') }
      : { ...attributes, ...(data !== undefined && { data }) };
  const headers = createHeaders();
  headers.set(CONTENT_TYPE, STRUCTURED);
  return { headers, data: new TextEncoder().encode(JSON.stringify(body)) };
}

/** `ce-` headers as in the HTTP binding: the payload is the data alone, readable by everybody. */
export function toHeaderMessage(event: CloudEvent): { headers: MsgHdrs; data: Uint8Array } {
  const { data, datacontenttype = 'application/json', ...attributes } = event;
  const headers = createHeaders();
  headers.set(CONTENT_TYPE, datacontenttype);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) headers.set(`${PREFIX}${name}`, encodeHeader(String(value)));
  }
  return { headers, data: payloadOf(data, datacontenttype) };
}

/** Reads both modes. */
export function readCloudEvent(message: MessageParts): Checked<CloudEvent> {
  const contentType = header(message.headers, CONTENT_TYPE) ?? '';
  const headerMode = header(message.headers, `${PREFIX}specversion`) !== undefined;
  if (headerMode && !contentType.startsWith(STRUCTURED)) return readHeaders(message, contentType);
  const parsed = parseJson(message.data);
  if (!parsed.ok) return parsed;
  const { data_base64: base64, ...event } = Object(parsed.value) as Record<string, unknown>;
  if (base64 === undefined) return checkCloudEvent(parsed.value);
  if (typeof base64 !== 'string') return { ok: false, problems: ['data_base64: not a text'] };
  return checkCloudEvent({ ...event, data: new Uint8Array(Buffer.from(base64, 'base64')) });
}

function readHeaders(message: MessageParts, contentType: string): Checked<CloudEvent> {
  const event: Record<string, unknown> = {};
  for (const [key, [value]] of message.headers ?? []) {
    const name = key.toLowerCase();
    if (name.startsWith(PREFIX) && value !== undefined) {
      event[name.slice(PREFIX.length)] = decodeHeader(value);
    }
  }
  if (contentType !== '') event.datacontenttype = contentType;
  if (!isJson(contentType)) {
    const isText = /^text\//i.test(contentType);
    event.data = isText ? new TextDecoder().decode(message.data) : message.data;
  } else if (message.data.length > 0) {
    const parsed = parseJson(message.data);
    if (!parsed.ok) return { ok: false, problems: parsed.problems.map((each) => `data: ${each}`) };
    event.data = parsed.value;
  }
  return checkCloudEvent(event);
}

function payloadOf(data: unknown, contentType: string): Uint8Array {
  if (data === undefined) return new Uint8Array();
  if (data instanceof Uint8Array) return data;
  const text = isJson(contentType) ? JSON.stringify(data) : String(data);
  return new TextEncoder().encode(text);
}

function isJson(contentType: string): boolean {
  return contentType === '' || /^[^;]*[/+]json\s*(;|$)/i.test(contentType);
}

function header(headers: MsgHdrs | undefined, name: string): string | undefined {
  for (const [key, [value]] of headers ?? []) {
    if (key.toLowerCase() === name.toLowerCase()) return value;
  }
  return undefined;
}

/** HTTP binding 3.1.3.2: everything but printable ASCII, and `"` and `%` and the space, as UTF-8 bytes. */
function encodeHeader(value: string): string {
  return value.replace(/[^\x21-\x7e]|["%]/gu, (character) =>
    [...new TextEncoder().encode(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}

function decodeHeader(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // Written by someone who does not encode: a stray percent sign is just that.
    return value;
  }
}
