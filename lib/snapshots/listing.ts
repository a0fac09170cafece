export interface Listing {
  entries: Entries;
  /** Git's name of its root tree, and a reference that holds it; null when only its contents were read. */
  held: { ref: string; root: string } | null;
}

export interface Listings {
  get(commit: string): Listing | undefined;
  keep(commit: string, listing: Listing): void;
  /** Snapshots may be gone from now on. */
  forget(): void;
}

/** By path in the folder; the path of an empty folder ends in "/". */
export type Entries = Map<string, Entry>;

/** One file, link or empty folder of a snapshot. */
export interface Entry {
  mode: Mode;
  oid: string;
  sizeBytes: number;
  /** The file's metadata when it was read: while it is the same, the content is the same. "": read the file again. */
  signature: string;
}

export type Mode = "100644" | "100755" | "120000";
