/** Archives of trees as programs see them. */
import type { EndStatus } from "@/core/log/terms";

/** A tree in an archive. */
export interface ArchivedTree {
  /** Id of the tree. */
  id: string;
  /** Title of the tree. */
  title: string;
  status: EndStatus;
  created_at: string;
  /** When the tree ended. */
  ended_at: string;
  /** Number of its tasks. */
  tasks: number;
  cost_usd: number;
  /** Where it worked, as a remark. */
  folder: string;
}

/** What an archive holds. */
export interface ArchiveListing {
  /** Version of the archive's format. */
  version: number;
  /** The version of Banyan that wrote it. */
  banyan: string;
  /** When the archive was written. */
  made_at: string;
  /** The trees in the archive. */
  trees: ArchivedTree[];
}

/** The trees that the server added from an archive. */
export interface ReadArchive {
  /** The trees of the archive. */
  items: {
    /** Id of the tree. */
    id: string;
    /** Title of the tree. */
    title: string;
    /** `already_here`: the server had the tree, so nothing was added. */
    outcome: "added" | "already_here";
  }[];
  sentence: string;
}

/** A file in the folder of archives. */
export interface ArchiveFile {
  /** Name of the file. */
  name: string;
  size_bytes: number;
  /** When the file was written. */
  made_at: string;
}

/** An archive by its name in the data folder, or any file on this machine. */
export type ArchivePlace = { name: string } | { file: string };
