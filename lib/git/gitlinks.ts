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

/** Longer paths cannot be opened, so nothing is at them. */
const LONGEST_PATH_BYTES = 4_096;
/** The largest index that is read: it lists about a million files. */
export const MOST_INDEX_BYTES = 128 * 1024 * 1024;
/** Thousands of submodules. */
const MOST_GITLINK_BYTES = 4 * 1024 * 1024;

/**
 * Returns the paths of the index's gitlinks; null if they are too long together, as only in an index that is built to use
 * up memory: in version 4, each entry can repeat a long path in a few bytes. Of an index that is split in two files, an
 * entry's path and its kind may be in different files, so every path counts; `git update-index --split-index` is rare.
 */
export function gitlinksIn(index: Buffer, isSplit: boolean): string[] | null {
  if (isSplit) return indexedPaths(index);
  return pathsOf(index, { everyPath: false, mostBytes: MOST_GITLINK_BYTES });
}

/** Returns the path of every file that the index tracks; null if the paths have more than `mostBytes` together. */
export function indexedPaths(index: Buffer, mostBytes = MOST_INDEX_BYTES): string[] | null {
  return pathsOf(index, { everyPath: true, mostBytes });
}

interface Wanted {
  everyPath: boolean;
  mostBytes: number;
}

function pathsOf(index: Buffer, wanted: Wanted): string[] | null {
  const paths = new Set<string>();
  for (const bytes of OBJECT_ID_BYTES) if (!addPaths(paths, index, bytes, wanted)) return null;
  return [...paths];
}

/**
 * Ends at the first entry that makes no sense, which comes soon with the wrong length of object ids. Returns false when the
 * paths are too long together.
 */
function addPaths(paths: Set<string>, index: Buffer, objectIdBytes: number, { everyPath, mostBytes }: Wanted): boolean {
  if (index.length < HEADER_BYTES || index.toString("latin1", 0, 4) !== "DIRC") return true;
  const version = index.readUInt32BE(4);
  let at = HEADER_BYTES;
  let bytes = 0;
  // The beginning of the current path: more of it is in no path that counts.
  const path = Buffer.alloc(LONGEST_PATH_BYTES);
  let pathBytes = 0;
  for (let left = index.readUInt32BE(8); left > 0; left -= 1) {
    const flagsAt = at + STAT_BYTES + objectIdBytes;
    if (flagsAt + 4 > index.length) break;
    const name = nameAt(index, flagsAt, version, pathBytes);
    if (name === null) break;
    if (name.kept < path.length) index.copy(path, name.kept, name.start, name.end);
    pathBytes = name.kept + name.end - name.start;
    const isWanted = everyPath || index.readUInt32BE(at + MODE_AT) === GITLINK;
    if (isWanted && pathBytes > 0 && pathBytes <= path.length) {
      bytes += pathBytes;
      if (bytes > mostBytes) return false;
      paths.add(path.toString("utf8", 0, pathBytes));
    }
    // Up to version 3, one to eight NULs make an entry's length a multiple of eight.
    at = version >= 4 ? name.end + 1 : at + Math.floor((name.end - at + 8) / 8) * 8;
  }
  return true;
}

/**
 * Returns how many bytes of the path before are kept, and where the rest is. Takes the length from the flags, as git does: a
 * NUL in a path must not hide the entries behind it.
 */
function nameAt(
  index: Buffer,
  flagsAt: number,
  version: number,
  before: number,
): { kept: number; start: number; end: number } | null {
  const flags = index.readUInt16BE(flagsAt);
  const from = flagsAt + (version >= 3 && (flags & HAS_EXTENDED_FLAGS) !== 0 ? 4 : 2);
  // Version 4 stores how many bytes of the path before are dropped, and what follows the rest.
  const dropped = version >= 4 ? numberAt(index, from) : { value: before, end: from };
  if (dropped === null || dropped.value > before) return null;
  const kept = before - dropped.value;
  const start = dropped.end;
  const length = flags & NAME_LENGTH;
  const end = length < NAME_LENGTH ? start + length - kept : index.indexOf(0, start);
  return end < start || end >= index.length ? null : { kept, start, end };
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
