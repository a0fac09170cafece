/** Archives of trees as programs see them. */
import type { EndStatus } from "@/core/log/terms";

/** A tree in an archive. */
export interface ArchivedTree {
  id: string;
  title: string;
  status: EndStatus;
  created_at: string;
  ended_at: string;
  tasks: number;
  cost_usd: number;
  /** Where it worked, as a remark. */
  folder: string;
}

/** What an archive holds. */
export interface ArchiveListing {
  version: number;
  /** The version of Banyan that wrote it. */
  banyan: string;
  made_at: string;
  trees: ArchivedTree[];
}

/** The trees that the server added from an archive. */
export interface ReadArchive {
  items: { id: string; title: string; outcome: "added" | "already_here" }[];
  sentence: string;
}

/** A file in the folder of archives. */
export interface ArchiveFile {
  name: string;
  size_bytes: number;
  made_at: string;
}

/** An archive by its name in the data folder, or any file on this machine. */
export type ArchivePlace = { name: string } | { file: string };
