/** ClickHouse's numbers of the errors that mean something to us (src/Common/ErrorCodes.cpp). */
export const TIMEOUT_EXCEEDED = 159;
const MEMORY_LIMIT_EXCEEDED = 241;

/** What is written in the bytes is wrong, and will be wrong next time. */
const BAD_DATA = new Set([
  6, // CANNOT_PARSE_TEXT
  25, // CANNOT_PARSE_ESCAPE_SEQUENCE
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  32, // ATTEMPT_TO_READ_AFTER_EOF
  33, // CANNOT_READ_ALL_DATA
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA
  128, // TOO_LARGE_ARRAY_SIZE
  131, // TOO_LARGE_STRING_SIZE
  190, // SIZES_OF_ARRAYS_DONT_MATCH
  252, // TOO_MANY_PARTS: one block over more days than a block may hold
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  407, // DECIMAL_OVERFLOW
  444, // UNKNOWN_PROTOBUF_FORMAT
  467, // CANNOT_PARSE_BOOL
  624, // BAD_FILE_TYPE
  650, // PROTOBUF_BAD_CAST
  691, // UNKNOWN_ELEMENT_OF_ENUM
]);

/** The engine's state, not the request: worth another try. */
const PASSING = new Set([
  23, // CANNOT_READ_FROM_ISTREAM
  74, // CANNOT_READ_FROM_FILE_DESCRIPTOR
  75, // CANNOT_WRITE_TO_FILE_DESCRIPTOR
  TIMEOUT_EXCEEDED,
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  236, // ABORTED
  MEMORY_LIMIT_EXCEEDED,
  243, // NOT_ENOUGH_SPACE
  394, // QUERY_WAS_CANCELLED
  439, // CANNOT_SCHEDULE_TASK
  473, // DEADLOCK_AVOIDED
]);

const TOO_LARGE = new Set([
  158, // TOO_MANY_ROWS
  307, // TOO_MANY_BYTES
  396, // TOO_MANY_ROWS_OR_BYTES
]);

/** True when an insert failed for what the segment holds. */
export function isRefusal(code: number, message: string): boolean {
  // Its own limit, with the engine as a whole below its: the segment needs too much memory. In
  // smaller pieces it may pass.
  if (code === MEMORY_LIMIT_EXCEEDED) return !message.includes('(total)');
  return BAD_DATA.has(code);
}

export const isPassing = (code: number): boolean => PASSING.has(code);
export const isTooLarge = (code: number): boolean => TOO_LARGE.has(code);
