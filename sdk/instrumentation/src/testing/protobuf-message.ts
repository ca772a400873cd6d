/** The fields of one protobuf message by number, each as it stood on the wire. */
export type ProtobufMessage = Map<number, WireValue[]>;
export type WireValue = Uint8Array | bigint;

/** Reads wire types 0, 1, 2 and 5: all that OTLP uses. For tests only: it trusts its input. */
export function decodeProtobuf(bytes: Uint8Array): ProtobufMessage {
  const fields: ProtobufMessage = new Map();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const read = (wireType: bigint): WireValue => {
    if (wireType === 0n) return varint();
    if (wireType === 2n) return take(Number(varint()));
    const length = wireType === 1n ? 8 : 4;
    at += length;
    return length === 8 ? view.getBigUint64(at - 8, true) : BigInt(view.getUint32(at - 4, true));
  };
  while (at < bytes.length) {
    const tag = varint();
    const values = fields.get(Number(tag >> 3n)) ?? [];
    values.push(read(tag & 7n));
    fields.set(Number(tag >> 3n), values);
  }
  return fields;
}

export function messages(message: ProtobufMessage, field: number): ProtobufMessage[] {
  return (message.get(field) ?? []).map((value) => decodeProtobuf(value as Uint8Array));
}

export function text(message: ProtobufMessage, field: number): string {
  const value = message.get(field)?.[0];
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
}

export function hex(message: ProtobufMessage, field: number): string {
  const value = message.get(field)?.[0];
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}

export function integer(message: ProtobufMessage, field: number): bigint {
  const value = message.get(field)?.[0];
  return typeof value === 'bigint' ? value : 0n;
}
