import {
  type Attributes,
  type AttributeValue,
  type Context,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api';
import {
  type InstrumentationScope,
  isAttributeValue,
  isTimeInput,
  sanitizeAttributes,
  timeInputToHrTime,
} from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, SpanProcessor, TimedEvent } from '@opentelemetry/sdk-trace-node';
import { hrTimeOf } from '../kernel/clock.ts';
import { exceptionAttributes } from './exception-attributes.ts';

/** The SDK's default for attributes, links and events of a span. */
const ITEMS_MAX = 128;
const NOT_ENDED: HrTime = [0, 0];
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const NONE: never[] = [];
const EMPTY: Attributes = {};
/** Below this many own attributes nobody has to count the shared ones, of which there are a dozen. */
const OWN_MAX = 64;

/** What all spans of one tracer share. */
export interface SpanHome {
  resource: Resource;
  scope: InstrumentationScope;
  processor: SpanProcessor;
}

export interface SpanStart {
  name: string;
  kind: SpanKind;
  spanContext: SpanContext;
  parentSpanContext: SpanContext | undefined;
  /** Unix milliseconds or a pair. */
  startTime: number | HrTime;
  /** May be shared by many spans; never changed here. */
  attributes: Attributes | undefined;
  links: Link[] | undefined;
  context: Context;
}

/**
 * A recording span like the SDK's, for the processors of the SDK, at a third of its cost: attributes that
 * are the same for every message of a subject are taken over as they are instead of checked and copied.
 */
export class LeanSpan implements Span, ReadableSpan {
  name: string;
  readonly kind: SpanKind;
  readonly parentSpanContext?: SpanContext;
  status: SpanStatus = UNSET;
  links: ReadableSpan['links'] = NONE;
  events: TimedEvent[] = NONE;
  ended = false;
  droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  readonly #home: SpanHome;
  readonly #spanContext: SpanContext;
  /** Unix milliseconds, or what the caller gave; a pair when someone reads it. */
  readonly #start: number | HrTime;
  #end: number | HrTime = NOT_ENDED;
  /** Of all spans of its kind; never changed. */
  readonly #shared: Attributes;
  #own: Attributes | undefined;
  #ownCount = 0;
  /** Both, once someone has read them: then changes go there. */
  #all: Attributes | undefined;

  constructor(home: SpanHome, start: SpanStart) {
    this.#home = home;
    this.#spanContext = start.spanContext;
    this.name = start.name;
    this.kind = start.kind;
    if (start.parentSpanContext) this.parentSpanContext = start.parentSpanContext;
    this.#start = start.startTime;
    this.#shared = start.attributes ?? EMPTY;
    if (start.links) this.addLinks(start.links);
    home.processor.onStart(this as never, start.context);
  }

  get resource(): Resource {
    return this.#home.resource;
  }

  get instrumentationScope(): InstrumentationScope {
    return this.#home.scope;
  }

  get startTime(): HrTime {
    return pairOf(this.#start);
  }

  /** Never before the start. */
  get endTime(): HrTime {
    const start = this.startTime;
    const end = pairOf(this.#end);
    return this.ended && isBefore(end, start) ? start : end;
  }

  get attributes(): Attributes {
    this.#all ??= { ...this.#shared, ...this.#own };
    return this.#all;
  }

  get duration(): HrTime {
    if (!this.ended) return [-1, -1];
    const [start, end] = [this.startTime, this.endTime];
    const seconds = end[0] - start[0];
    const nanos = end[1] - start[1];
    return nanos < 0 ? [seconds - 1, nanos + 1e9] : [seconds, nanos];
  }

  spanContext(): SpanContext {
    return this.#spanContext;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (this.ended || value == null || key.length === 0 || !isAllowed(value)) return this;
    const isNew = !(key in this.#shared) && (this.#own === undefined || !(key in this.#own));
    if (isNew && this.#ownCount >= OWN_MAX && this.#isFull()) {
      this.droppedAttributesCount += 1;
      return this;
    }
    if (isNew) this.#ownCount += 1;
    this.#own ??= {};
    this.#own[key] = value;
    if (this.#all) this.#all[key] = value;
    return this;
  }

  #isFull(): boolean {
    return Object.keys(this.#shared).length + this.#ownCount >= ITEMS_MAX;
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) this.setAttribute(key, attributes[key] as AttributeValue);
    return this;
  }

  addEvent(name: string, given?: Attributes | TimeInput, at?: TimeInput): this {
    if (this.ended) return this;
    if (this.events.length >= ITEMS_MAX) {
      this.droppedEventsCount += 1;
      return this;
    }
    const time = isTimeInput(given) ? given : at;
    const attributes = isTimeInput(given) ? {} : sanitizeAttributes(given);
    if (this.events === NONE) this.events = [];
    this.events.push({
      name,
      attributes,
      time: timeInputToHrTime(time ?? Date.now()),
      droppedAttributesCount: 0,
    });
    return this;
  }

  addLink(link: Link): this {
    if (this.ended) return this;
    if (this.links.length >= ITEMS_MAX) {
      this.droppedLinksCount += 1;
      return this;
    }
    if (this.links === NONE) this.links = [];
    const attributes = link.attributes && sanitizeAttributes(link.attributes);
    this.links.push(attributes ? { context: link.context, attributes } : { context: link.context });
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    const settled = this.status.code === SpanStatusCode.OK || status.code === SpanStatusCode.UNSET;
    if (!this.ended && !settled) this.status = { ...status };
    return this;
  }

  updateName(name: string): this {
    if (!this.ended) this.name = name;
    return this;
  }

  recordException(exception: Exception, at?: TimeInput): void {
    this.addEvent('exception', exceptionAttributes(exception), at);
  }

  end(at?: TimeInput): void {
    if (this.ended) return;
    this.#end = unconverted(at ?? Date.now());
    this.ended = true;
    this.#home.processor.onEnd(this);
  }
}

function isAllowed(value: AttributeValue): boolean {
  return typeof value !== 'object' || isAttributeValue(value);
}

function isBefore(left: HrTime, right: HrTime): boolean {
  return left[0] < right[0] || (left[0] === right[0] && left[1] < right[1]);
}

/** Any number of such a size is a time since 1970, none since the process began. */
const UNIX_MS_MIN = 1e12;

/** As it is kept until someone reads it. */
export function unconverted(time: TimeInput): number | HrTime {
  return typeof time === 'number' && time > UNIX_MS_MIN ? time : timeInputToHrTime(time);
}

function pairOf(time: number | HrTime): HrTime {
  return typeof time === 'number' ? hrTimeOf(time) : time;
}
