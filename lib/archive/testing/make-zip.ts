import zlib from "node:zlib";

/** One entry of a zip archive as an attacker may write it: any field can be false. */
export interface MadeEntry {
  /** Bytes are written without the mark of UTF-8. */
  name: string | Buffer;
  content?: string | Buffer;
  /** The unpacked size that the table of contents declares. */
  declaredBytes?: number;
  checksum?: number;
  stored?: boolean;
  encrypted?: boolean;
  method?: number;
  /** Unix mode with the file type; absent: an archive from another system. */
  mode?: number;
}

/**
 * Writes an archive byte by byte, as PKWARE's specification describes it: local entries, table of contents, end record.
 */
export function makeZip(entries: readonly MadeEntry[]): Buffer {
  const bodies: Buffer[] = [];
  const contents: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? "");
    const packed = entry.stored ? content : zlib.deflateRawSync(content);
    const name = Buffer.from(entry.name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE((typeof entry.name === "string" ? 0x800 : 0) | (entry.encrypted ? 1 : 0), 2);
    shared.writeUInt16LE(entry.method ?? (entry.stored ? 0 : 8), 4);
    shared.writeUInt32LE(entry.checksum ?? zlib.crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(entry.declaredBytes ?? content.length, 18);
    shared.writeUInt16LE(name.length, 22);
    bodies.push(Buffer.from("PK\x03\x04"), shared, name, packed);
    const made = Buffer.alloc(2);
    made.writeUInt16LE(((entry.mode === undefined ? 0 : 3) << 8) | 20);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    contents.push(Buffer.from("PK\x01\x02"), made, shared, rest, name);
    offset += 30 + name.length + packed.length;
  }
  const table = Buffer.concat(contents);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(table.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, table, Buffer.from("PK\x05\x06"), end]);
}
