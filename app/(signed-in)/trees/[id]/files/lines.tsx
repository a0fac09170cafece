import type { ChangedFile } from "@/core/shapes/files";

/** How many lines were added to files and removed from them. */
export function Lines({ files }: { files: readonly ChangedFile[] }) {
  const sum = (unit: "additions" | "deletions") => files.reduce((all, file) => all + (file[unit] ?? 0), 0);
  return (
    <span className="text-small whitespace-nowrap">
      <span className="text-ok">+{sum("additions")}</span> <span className="text-fail">−{sum("deletions")}</span>
    </span>
  );
}
