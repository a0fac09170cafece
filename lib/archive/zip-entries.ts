/** Reads the table of contents of a zip archive, and checks all of it before anything is written. */
import { isUtf8 } from "node:buffer";
import { type Entry, getFileNameLowLevel, validateFileName, type ZipFile } from "yauzl";
import { WorkspaceError } from "../workspace/path";

export interface ZipLimits {
  entries: number;
  /** The unpacked size of all files. */
  totalBytes: number;
  /** Unpacked bytes per archive byte; applies above `ratioFromBytes`, because small texts compress well. */
  ratio: number;
  ratioFromBytes: number;
}

export interface ZipContents {
  files: { name: string; entry: Entry }[];
  folders: string[];
  /** The number of links and special files, which are skipped. */
  leftOut: number;
}

const UNIX = 3;
const KIND_MASK = 0o170000;
const FOLDER = 0o040000;
const FILE = 0o100000;
/** From the specification of zip: the bit for a name in UTF-8, and the extra field that holds one. */
const [UTF8_FLAG, UNICODE_NAME] = [0x800, 0x7075];
const NOTHING = Buffer.alloc(0);
/** A name can be 64 KB of nested folders, and ten thousand of those would be a bomb too. */
const MAX_NAME_CHARACTERS = 1000;
const MAX_DEPTH = 50;

/**
 * Returns the contents. Throws a `WorkspaceError` that says why an archive is refused. `archiveBytes` is the size of
 * the packed file.
 */
export async function readContents(zip: ZipFile, archiveBytes: number, limits: ZipLimits): Promise<ZipContents> {
  if (zip.entryCount > limits.entries) throw tooMany(zip.entryCount, limits);
  const contents: ZipContents = { files: [], folders: [], leftOut: 0 };
  let declaredBytes = 0;
  for await (const entry of zip.eachEntry()) {
    if (contents.files.length + contents.folders.length + contents.leftOut >= limits.entries) {
      throw tooMany(zip.entryCount, limits);
    }
    const name = nameOf(entry);
    const kind = kindOf(entry);
    if (kind !== FILE && kind !== FOLDER) contents.leftOut += 1;
    else if (name.endsWith("/")) contents.folders.push(name.slice(0, -1));
    else contents.files.push({ name, entry: checked(entry, name) });
    declaredBytes += entry.uncompressedSize;
    if (declaredBytes > limits.totalBytes) {
      throw new WorkspaceError(
        `The archive unpacks to more than the allowed ${limits.totalBytes} bytes; nothing was written.`,
      );
    }
  }
  if (declaredBytes > limits.ratioFromBytes && declaredBytes > limits.ratio * archiveBytes) {
    throw new WorkspaceError(
      `The archive unpacks to ${declaredBytes} bytes, more than ${limits.ratio} times its size of ${archiveBytes} bytes, so it may be a zip bomb; nothing was written.`,
    );
  }
  refuseClashes(contents, limits);
  return contents;
}

function tooMany(count: number, { entries }: ZipLimits): WorkspaceError {
  return new WorkspaceError(`The archive has ${count} entries, more than the ${entries} allowed; nothing was written.`);
}

/** Returns the normalised name; a folder's name ends in a slash. */
function nameOf(entry: Entry): string {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const isUnmarked = (generalPurposeBitFlag & UTF8_FLAG) === 0 && !extraFields.some(({ id }) => id === UNICODE_NAME);
  // Many programs write UTF-8 without saying so; names of another encoding are hardly ever valid UTF-8.
  const given = (
    isUnmarked && isUtf8(fileNameRaw)
      ? fileNameRaw.toString("utf8")
      : getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false)
  ).normalize("NFC");
  // Names, extra fields and comments can be 64 KB each per entry, and are no longer needed.
  Object.assign(entry, { fileNameRaw: NOTHING, extraFieldRaw: NOTHING, fileCommentRaw: NOTHING, extraFields: [] });
  const name = given
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
  const isFolder = given.endsWith("/");
  const isOutside = validateFileName(given) !== null;
  const isTooLong = given.length > MAX_NAME_CHARACTERS || name.split("/").length > MAX_DEPTH;
  if (isOutside || isTooLong || given.includes("\0") || (name === "" && !isFolder)) {
    const why = isOutside ? "leads outside the folder" : isTooLong ? "is too long or too deep" : "cannot be used";
    const shown = JSON.stringify(given.slice(0, 200));
    throw new WorkspaceError(
      `The archive was refused, because the name of an entry ${why} (${shown}); nothing was written.`,
    );
  }
  return isFolder ? `${name}/` : name;
}

/** Returns the file type of an entry; only archives from Unix have it. */
function kindOf({ versionMadeBy, externalFileAttributes }: Entry): number {
  const kind = versionMadeBy >>> 8 === UNIX ? (externalFileAttributes >>> 16) & KIND_MASK : 0;
  return kind === 0 ? FILE : kind;
}

function checked(entry: Entry, name: string): Entry {
  const shown = JSON.stringify(name.slice(0, 200));
  if (entry.isEncrypted()) {
    throw new WorkspaceError(
      `The archive is encrypted (${shown}); ask for an archive without a password; nothing was written.`,
    );
  }
  if (!entry.canDecodeFileData()) {
    throw new WorkspaceError(
      `The archive packs ${shown} with a method (${entry.compressionMethod}) that is not supported; nothing was written.`,
    );
  }
  return entry;
}

/** Refuses two entries with one name: readers differ in which entry they choose, which is used to smuggle files. */
function refuseClashes({ files, folders }: ZipContents, limits: ZipLimits): void {
  const names = new Set<string>();
  const parents = new Set<string>();
  const addParents = (name: string) => {
    for (let at = name.indexOf("/"); at > 0; at = name.indexOf("/", at + 1)) parents.add(name.slice(0, at));
  };
  for (const folder of folders) addParents(`${folder}/`);
  for (const { name } of files) {
    if (names.has(name)) throw clash(name);
    names.add(name);
    addParents(name);
  }
  if (names.size + parents.size > 2 * limits.entries) throw tooMany(names.size + parents.size, limits);
  for (const name of names) if (parents.has(name)) throw clash(name);
}

function clash(name: string): WorkspaceError {
  const shown = JSON.stringify(name.slice(0, 200));
  return new WorkspaceError(
    `The archive was refused, because two entries have the name ${shown}; nothing was written.`,
  );
}
