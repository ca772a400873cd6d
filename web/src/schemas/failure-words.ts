/** What a decode error of the client means; its code stands where it is not known. */
export const FAILURE_WORDS: Readonly<Record<string, string>> = {
  decode_failed: 'the payload is not what its schema says',
  framing: 'neither a header nor a prefix names a schema',
  schema_unknown: 'the registry does not know the schema that it names',
};
