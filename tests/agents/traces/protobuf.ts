/** Reads spans from the protobuf form of OTLP, by the numbers of its fields (opentelemetry-proto, trace/v1/trace.proto). */

type Field = number | bigint | Buffer;
type Message = Map<number, Field[]>;

export interface ProtobufSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  fromMs: number;
  toMs: number;
}

const RESOURCE_SPANS = 1;
const SCOPE_SPANS = 2;
const SPANS = 2;

/** Throws when the bytes are not a request of spans. */
export function spansOfProtobuf(body: Buffer): ProtobufSpan[] {
  return parts(fieldsOf(body), RESOURCE_SPANS)
    .flatMap((resource) => parts(resource, SCOPE_SPANS))
    .flatMap((scope) => parts(scope, SPANS))
    .map((span) => ({
      traceId: bytes(span, 1).toString("hex"),
      spanId: bytes(span, 2).toString("hex"),
      parentSpanId: bytes(span, 4).toString("hex"),
      name: bytes(span, 5).toString(),
      fromMs: time(span, 7),
      toMs: time(span, 8),
    }));
}

function parts(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).map((value) => fieldsOf(value as Buffer));
}

function bytes(message: Message, field: number): Buffer {
  return (message.get(field)?.[0] as Buffer | undefined) ?? Buffer.alloc(0);
}

function time(message: Message, field: number): number {
  return Number((message.get(field)?.[0] as bigint) / 1_000_000n);
}

function fieldsOf(body: Buffer): Message {
  const message: Message = new Map();
  let at = 0;
  const varint = () => {
    for (let [value, shift] = [0, 0]; ; shift += 7) {
      const byte = body.readUInt8(at);
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    if (at > body.length) throw new RangeError("The message ends in the middle of a field.");
    return body.subarray(at - length, at);
  };
  while (at < body.length) {
    const key = varint();
    const [field, wire] = [key >>> 3, key & 7];
    const value = readValue(wire, { varint, take });
    message.set(field, [...(message.get(field) ?? []), value]);
  }
  return message;
}

function readValue(wire: number, { varint, take }: { varint(): number; take(length: number): Buffer }): Field {
  if (wire === 0) return varint();
  if (wire === 1) return take(8).readBigUInt64LE();
  if (wire === 2) return take(varint());
  if (wire === 5) return take(4).readUInt32LE();
  throw new RangeError(`Wire type ${wire} is not one of OTLP's.`);
}
