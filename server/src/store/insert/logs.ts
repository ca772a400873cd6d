import { ATTR } from '@hopline/model';
import type { Adapter } from './adapter.ts';
import {
  ANY_VALUE_TYPE,
  ATTRIBUTES_TYPE,
  anyValueText,
  attributeMap,
  PROTOBUF_SETTINGS,
} from './any-value.ts';
import { attribute, idBytes, knownEnum, serviceOf, timeOf } from './attribute.ts';

/** The fields of opentelemetry.proto.logs.v1 that become columns. */
const PROTO = `
message LogRecord { fixed64 time_unix_nano = 1; fixed64 observed_time_unix_nano = 11; int32 severity_number = 2;
  string severity_text = 3; AnyValue body = 5; repeated KeyValue attributes = 6; bytes trace_id = 9;
  bytes span_id = 10; string event_name = 12; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message Root { repeated ResourceLogs resource_logs = 1; }
`;

const RECORD_TYPE =
  'Tuple(time_unix_nano UInt64, observed_time_unix_nano UInt64, severity_number Int32, ' +
  `severity_text String, body ${ANY_VALUE_TYPE}, attributes ${ATTRIBUTES_TYPE}, trace_id String, ` +
  'span_id String, event_name String)';
const STRUCTURE =
  `resource_logs Array(Tuple(resource Tuple(attributes ${ATTRIBUTES_TYPE}), ` +
  `scope_logs Array(Tuple(scope Tuple(name String), log_records Array(${RECORD_TYPE})))))`;

// Four numbers each: 1-4 TRACE, 5-8 DEBUG, ... (OpenTelemetry logs data model, "SeverityNumber").
const SEVERITIES = "['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']";

/** ExportLogsServiceRequest messages -> logs. */
export function adaptLogs(): Adapter {
  return {
    table: 'logs',
    format: 'Protobuf',
    proto: PROTO,
    structure: STRUCTURE,
    settings: PROTOBUF_SETTINGS,
    columns: {
      // "Use observed time when time is 0": OpenTelemetry logs data model.
      time: timeOf('if(l.time_unix_nano = 0, l.observed_time_unix_nano, l.time_unix_nano)'),
      trace_id: idBytes('l.trace_id', 16),
      span_id: idBytes('l.span_id', 8),
      // One word for one severity, whatever the logger calls it; its own word when it gave no number.
      severity: `if(severity = 0, upper(l.severity_text), ${SEVERITIES}[intDiv(severity - 1, 4) + 1])`,
      severity_number: 'severity',
      service: 'r_service',
      instance: attribute('r_map', ATTR.serviceInstanceId),
      scope: 's_scope',
      event_name: 'l.event_name',
      body: anyValueText('l.body'),
      resource: 'r_map',
      attributes: attributeMap('l.attributes'),
    },
    from: (file) => {
      const resources =
        `SELECT ${attributeMap('r.resource.attributes')} AS r_map, r.scope_logs AS r_scopes ` +
        `FROM (SELECT arrayJoin(resource_logs) AS r FROM ${file})`;
      const scopes =
        `SELECT r_map, ${serviceOf('r_map')} AS r_service, arrayJoin(r_scopes) AS r_scope ` +
        `FROM (${resources})`;
      const records =
        'SELECT r_map, r_service, r_scope.scope.name AS s_scope, arrayJoin(r_scope.log_records) AS l ' +
        `FROM (${scopes})`;
      return `SELECT *, ${knownEnum('l.severity_number', 24)} AS severity FROM (${records})`;
    },
  };
}
