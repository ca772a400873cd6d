/**
 * OpenTelemetry's AnyValue and attribute lists: their protobuf text, their structure for the engine,
 * and the SQL that makes text of them. Arrays and lists of pairs are read one level deep and become
 * JSON; what stands deeper is null there. Recursion is cut in the protobuf text itself, because the engine
 * wants a structure of finite depth; the bytes of deeper levels are skipped as unknown fields.
 */
export const ANY_VALUE_PROTO = `
message Leaf { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3;
  double double_value = 4; bytes bytes_value = 7; } }
message LeafPair { string key = 1; Leaf value = 2; }
message LeafArray { repeated Leaf values = 1; }
message LeafPairs { repeated LeafPair values = 1; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3;
  double double_value = 4; LeafArray array_value = 5; LeafPairs kvlist_value = 6; bytes bytes_value = 7; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message Scope { string name = 1; }
`;

const SCALAR_KINDS =
  "'none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7";
const SCALARS =
  'string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String';
// The enum named like the oneof tells which member was on the wire: 0, false and '' from absent.
const LEAF = `Tuple(value Enum8(${SCALAR_KINDS}), ${SCALARS})`;

export const ANY_VALUE_TYPE =
  `Tuple(value Enum8(${SCALAR_KINDS}, 'array_value' = 5, 'kvlist_value' = 6), ${SCALARS}, ` +
  `array_value Tuple(values Array(${LEAF})), ` +
  `kvlist_value Tuple(values Array(Tuple(key String, value ${LEAF}))))`;

/** Type of a repeated KeyValue field. */
export const ATTRIBUTES_TYPE = `Array(Tuple(key String, value ${ANY_VALUE_TYPE}))`;

/** Settings for reading protobuf of the shapes above. */
export const PROTOBUF_SETTINGS = {
  input_format_protobuf_oneof_presence: 1,
  output_format_json_escape_forward_slashes: 0,
  // The rare kinds of a value are worked out only for the values that have them.
  short_circuit_function_evaluation: 'enable',
};

/** Once for both kinds of lists: the engine needs far longer to understand it than all the rest of a value. */
const leafJson = (leaf: string): string =>
  `multiIf(${leaf}.value = 'string_value', toJSONString(${leaf}.string_value), ` +
  `${leaf}.value = 'bool_value', toString(${leaf}.bool_value), ` +
  `${leaf}.value = 'int_value', toString(${leaf}.int_value), ` +
  `${leaf}.value = 'double_value', toJSONString(${leaf}.double_value), ` +
  `${leaf}.value = 'bytes_value', concat('"', base64Encode(${leaf}.bytes_value), '"'), 'null')`;

/** Of an array and a list of pairs one is empty, so that both behind each other are the one. */
function listJson(value: string): string {
  const [array, pairs] = [`${value}.array_value.values`, `${value}.kvlist_value.values`];
  const keys = `arrayConcat(arrayMap(l -> '', ${array}), arrayMap(k -> concat(toJSONString(k), ':'), ${pairs}.key))`;
  const leaves = `arrayConcat(${array}, ${pairs}.value)`;
  const items = `arrayStringConcat(arrayMap((k, l) -> concat(k, ${leafJson('l')}), ${keys}, ${leaves}), ',')`;
  const bracket = (ofArray: string, ofPairs: string): string =>
    `if(${value}.value = 'array_value', '${ofArray}', '${ofPairs}')`;
  return `concat(${bracket('[', '{')}, ${items}, ${bracket(']', '}')})`;
}

/** SQL: text of one AnyValue. Bytes are base64, as in OTLP's JSON; an absent value is ''. */
export const anyValueText = (value: string): string =>
  `multiIf(${value}.value = 'string_value', ${value}.string_value, ` +
  `${value}.value = 'int_value', toString(${value}.int_value), ` +
  `${value}.value = 'bool_value', toString(${value}.bool_value), ` +
  `${value}.value = 'double_value', toString(${value}.double_value), ` +
  `${value}.value = 'bytes_value', base64Encode(${value}.bytes_value), ` +
  `${value}.value = 'none', '', ${listJson(value)})`;

export const ATTRIBUTE_MAP = 'Map(LowCardinality(String), String)';

/** SQL: a repeated KeyValue field as a map. */
export const attributeMap = (list: string): string =>
  `CAST(arrayMap(a -> (a.key, ${anyValueText('a.value')}), ${list}), '${ATTRIBUTE_MAP}')`;
