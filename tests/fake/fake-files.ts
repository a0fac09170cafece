/** The files of the fake server's trees: always the same few. */
import { type FileQueries, type Queries, UserError } from "@/agents/application";

import type { TreeFile } from "@/core/shapes/files";

const FILES: readonly TreeFile[] = [
  { path: "docs/report.md", kind: "file", bytes: 22, changed: "added", changed_by: [] },
  { path: "readme.md", kind: "file", bytes: 22, changed: null, changed_by: [] },
];

const unsupported = async (): Promise<never> => {
  throw new UserError("unavailable", "The fake server has no files to send.");
};

export function fakeFiles(files: Queries["getTaskFiles"]): FileQueries {
  return {
    getTaskFiles: files,
    listFiles: async () => ({ items: [...FILES], next: null }),
    listChanges: async () => ({ items: [], truncated: false }),
    listSnapshots: async () => [],
    previewFile: async (_tree, path) => {
      const found = FILES.find((file) => file.path === path);
      if (!found) throw new UserError("not_found", `There is no file ${path}.`);
      const { changed, changed_by } = found;
      const text = "# The report\n\nAll good.";
      return { path, bytes: 22, type: "markdown", text, changed, changed_by, patch: "", truncated: false };
    },
    openFile: unsupported,
    openArchive: unsupported,
    openPatch: unsupported,
    getPlace: async () => null,
    planApply: async () => ({
      repository: null,
      folder: null,
      branch: "banyan/report",
      files: 1,
      beside: [],
      problem: null,
    }),
  };
}
