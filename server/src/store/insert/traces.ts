import { ATTR } from '@hopline/model';
import type { Adapter } from './adapter.ts';
import { ATTRIBUTES_TYPE, attributeMap, PROTOBUF_SETTINGS } from './any-value.ts';
import {
  attribute,
  idBytes,
  knownEnum,
  serviceOf,
  timeOf,
  unsignedAttribute,
} from './attribute.ts';
import { subjectPatternSql } from './subject-pattern.ts';

/** The fields of opentelemetry.proto.trace.v1 that become columns. */
const PROTO = `
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes trace_id = 1; bytes span_id = 2; repeated KeyValue attributes = 4; }
message Status { string message = 2; int32 code = 3; }
message Span { bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; repeated Event events = 11; repeated Link links = 13; Status status = 15; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Root { repeated ResourceSpans resource_spans = 1; }
`;

// Kinds and codes as Int32: a value that the enums do not know must not fail the whole segment.
const SPAN_TYPE =
  'Tuple(trace_id String, span_id String, parent_span_id String, name String, kind Int32, ' +
  `start_time_unix_nano UInt64, end_time_unix_nano UInt64, attributes ${ATTRIBUTES_TYPE}, ` +
  `events Array(Tuple(time_unix_nano UInt64, name String, attributes ${ATTRIBUTES_TYPE})), ` +
  `links Array(Tuple(trace_id String, span_id String, attributes ${ATTRIBUTES_TYPE})), ` +
  'status Tuple(message String, code Int32))';
const STRUCTURE =
  `resource_spans Array(Tuple(resource Tuple(attributes ${ATTRIBUTES_TYPE}), ` +
  `scope_spans Array(Tuple(scope Tuple(name String), spans Array(${SPAN_TYPE})))))`;

/** ExportTraceServiceRequest messages -> spans. */
export function adaptTraces(): Adapter {
  const start = 's.start_time_unix_nano';
  const end = 's.end_time_unix_nano';
  return {
    table: 'spans',
    format: 'Protobuf',
    proto: PROTO,
    structure: STRUCTURE,
    settings: PROTOBUF_SETTINGS,
    columns: {
      start: timeOf(start),
      duration_ns: `multiIf(${start} = 0, 0, ${end} < ${start}, 0, ${end} - ${start})`,
      trace_id: idBytes('s.trace_id', 16),
      span_id: idBytes('s.span_id', 8),
      parent_span_id: idBytes('s.parent_span_id', 8),
      kind: knownEnum('s.kind', 5),
      status: knownEnum('s.status.code', 2),
      status_message: 's.status.message',
      name: 's.name',
      service: 'r_service',
      instance: attribute('r_map', ATTR.serviceInstanceId),
      scope: 's_scope',
      system: attribute('s_map', ATTR.system),
      operation_name: attribute('s_map', ATTR.operationName),
      operation_type: attribute('s_map', ATTR.operationType),
      subject: 's_subject',
      subject_pattern: `if(s_template = '', ${subjectPatternSql('s_subject')}, s_template)`,
      stream: attribute('s_map', ATTR.stream),
      consumer: attribute('s_map', ATTR.consumer),
      queue_group: attribute('s_map', ATTR.consumerGroup),
      stream_seq: unsignedAttribute('s_map', ATTR.streamSequence, 64),
      consumer_seq: unsignedAttribute('s_map', ATTR.consumerSequence, 64),
      delivery_count: unsignedAttribute('s_map', ATTR.deliveryCount, 32),
      store_time: unsignedAttribute('s_map', ATTR.storeTime, 64),
      receive_time: unsignedAttribute('s_map', ATTR.receiveTime, 64),
      disposition: attribute('s_map', ATTR.disposition),
      message_key: attribute('s_map', ATTR.messageId),
      body_size: unsignedAttribute('s_map', ATTR.bodySize, 32),
      error_type: attribute('s_map', ATTR.errorType),
      resource: 'r_map',
      attributes: 's_map',
      '`events.time`': `arrayMap(e -> ${timeOf('e.time_unix_nano')}, s.events)`,
      '`events.name`': 's.events.name',
      '`events.attributes`': `arrayMap(e -> ${attributeMap('e.attributes')}, s.events)`,
      '`links.trace_id`': `arrayMap(l -> ${idBytes('l.trace_id', 16)}, s.links)`,
      '`links.span_id`': `arrayMap(l -> ${idBytes('l.span_id', 8)}, s.links)`,
      inserted: 'now()',
      '`links.attributes`': `arrayMap(l -> ${attributeMap('l.attributes')}, s.links)`,
    },
    from: (file) => {
      // Maps are built where they are told: a resource's once for all its spans.
      const resources =
        `SELECT ${attributeMap('r.resource.attributes')} AS r_map, r.scope_spans AS r_scopes ` +
        `FROM (SELECT arrayJoin(resource_spans) AS r FROM ${file})`;
      const scopes =
        `SELECT r_map, ${serviceOf('r_map')} AS r_service, arrayJoin(r_scopes) AS r_scope ` +
        `FROM (${resources})`;
      const spans =
        'SELECT r_map, r_service, r_scope.scope.name AS s_scope, arrayJoin(r_scope.spans) AS s ' +
        `FROM (${scopes})`;
      return (
        `SELECT *, ${attribute('s_map', ATTR.destination)} AS s_subject, ` +
        `${attribute('s_map', ATTR.destinationTemplate)} AS s_template FROM ` +
        `(SELECT r_map, r_service, s_scope, s, ${attributeMap('s.attributes')} AS s_map FROM (${spans}))`
      );
    },
  };
}
