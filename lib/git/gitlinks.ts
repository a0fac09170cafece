/**
 * Reads the gitlinks (entries of submodules) of a repository's index. A person's `git status` enters each of them, also
 * in folders that git ignores. The host reads the file itself, because git would obey the repository's settings.
 */

const HEADER_BYTES = 12;
const STAT_BYTES = 40;
const MODE_AT = 24;
/** SHA-1 and SHA-256. The repository's settings say which; reading both finds all gitlinks of either. */
const OBJECT_ID_BYTES = [20, 32];
const GITLINK = 0o160000;
const HAS_EXTENDED_FLAGS = 0x4000;
const NAME_LENGTH = 0xfff;

/**
 * Returns the paths of the index's gitlinks. Of an index that is split in two files, an entry's path and its kind may be
 * in different files, so every path counts; `git update-index --split-index` is rare.
 */
export function gitlinksIn(index: Buffer, isSplit: boolean): string[] {
  return [...new Set(OBJECT_ID_BYTES.flatMap((bytes) => pathsIn(index, bytes, isSplit)))];
}

/** Returns the path of every file that the index tracks. */
export function indexedPaths(index: Buffer): string[] {
  return gitlinksIn(index, true);
}

/** Ends at the first entry that makes no sense, which comes soon with the wrong length of object ids. */
function pathsIn(index: Buffer, objectIdBytes: number, everyPath: boolean): string[] {
  const paths: string[] = [];
  if (index.length < HEADER_BYTES || index.toString("latin1", 0, 4) !== "DIRC") return paths;
  const version = index.readUInt32BE(4);
  let at = HEADER_BYTES;
  let before: Buffer = Buffer.alloc(0);
  for (let left = index.readUInt32BE(8); left > 0; left -= 1) {
    const flagsAt = at + STAT_BYTES + objectIdBytes;
    if (flagsAt + 4 > index.length) break;
    const name = nameAt(index, flagsAt, version, before);
    if (name === null) break;
    const isGitlink = index.readUInt32BE(at + MODE_AT) === GITLINK;
    if (name.bytes.length > 0 && (everyPath || isGitlink)) paths.push(name.bytes.toString("utf8"));
    before = name.bytes;
    // Up to version 3, one to eight NULs make an entry's length a multiple of eight.
    at = version >= 4 ? name.end + 1 : at + Math.floor((name.end - at + 8) / 8) * 8;
  }
  return paths;
}

/** Takes the length from the flags, as git does: a NUL in a path must not hide the entries behind it. */
function nameAt(
  index: Buffer,
  flagsAt: number,
  version: number,
  before: Buffer,
): { bytes: Buffer; end: number } | null {
  const flags = index.readUInt16BE(flagsAt);
  const start = flagsAt + (version >= 3 && (flags & HAS_EXTENDED_FLAGS) !== 0 ? 4 : 2);
  // Version 4 stores how many bytes of the name before are dropped, and what follows the rest.
  const dropped = version >= 4 ? numberAt(index, start) : { value: before.length, end: start };
  if (dropped === null || dropped.value > before.length) return null;
  const kept = before.subarray(0, before.length - dropped.value);
  const length = flags & NAME_LENGTH;
  const end = length < NAME_LENGTH ? dropped.end + length - kept.length : index.indexOf(0, dropped.end);
  if (end < dropped.end || end >= index.length) return null;
  const rest = index.subarray(dropped.end, end);
  return { bytes: kept.length > 0 ? Buffer.concat([kept, rest]) : rest, end };
}

/** Reads git's number of variable length, which has one form only: each further byte adds one. */
function numberAt(index: Buffer, at: number): { value: number; end: number } | null {
  let value = 0;
  for (let end = at; end < index.length; end += 1) {
    const byte = index.readUInt8(end);
    value = value * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) return { value, end: end + 1 };
    value += 1;
  }
  return null;
}
