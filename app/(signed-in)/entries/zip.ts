/** Text files as one ZIP archive, stored as they are: enough for downloading a few pages of Markdown. Pure. */

const DOS_EPOCH_DATE = 0x21;
const UTF8_NAMES = 0x0800;

export function zipOf(files: readonly { file: string; text: string }[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { file, text } of files) {
    const [name, data] = [encoder.encode(file), encoder.encode(text)];
    const common = fieldsOf(name, data);
    const local = record(0x04034b50, [[2, 20], ...common, [2, 0]], name, data);
    const entry: Field[] = [[2, 20], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]];
    directory.push(record(0x02014b50, entry, name));
    parts.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = files.length;
  const end = record(0x06054b50, [
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, size],
    [4, offset],
    [2, 0],
  ]);
  return joined([...parts, ...directory, end]);
}

/** Bytes and value. */
type Field = [2 | 4, number];

/** Flags, method, time, date, checksum, both sizes, length of the name: the same in both places. */
function fieldsOf(name: Uint8Array, data: Uint8Array): Field[] {
  const head: Field[] = [
    [2, UTF8_NAMES],
    [2, 0],
    [2, 0],
    [2, DOS_EPOCH_DATE],
    [4, crc32(data)],
  ];
  return [...head, [4, data.length], [4, data.length], [2, name.length]];
}

function record(signature: number, fields: Field[], ...rest: Uint8Array[]): Uint8Array {
  const all: Field[] = [[4, signature], ...fields];
  const head = new Uint8Array(all.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(head.buffer);
  let at = 0;
  for (const [width, value] of all) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return joined([head, ...rest]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
