/** The files of one side of a change. Contents are in a `Blobs` folder, under their object ids. */
export interface TreeFile {
  kind: "file" | "executable" | "link";
  /** Git's object id of the content. */
  oid: string;
}

export interface FileTree {
  /** By path relative to the repository, with "/" between names. */
  files: ReadonlyMap<string, TreeFile>;
  /** Submodules by path, each with its commit. Their files are not here. */
  submodules: ReadonlyMap<string, string>;
  /** Of a folder: those that were not read although `.gitignore` does not name them. */
  leftOut?: readonly string[];
}

/** Contents of files by object id, in a folder of the run. */
export interface Blobs {
  fileOf(oid: string): string;
  /** Stores a content and returns its object id. */
  add(content: Buffer): string;
  read(oid: string): Buffer;
}

export function treeOf(
  files: Iterable<[string, TreeFile]>,
  submodules: ReadonlyMap<string, string> = new Map(),
): FileTree {
  return { files: new Map(files), submodules };
}
