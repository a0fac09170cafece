/** What a look did not measure, as sentences. */
import type { Repository } from "@/core/insights/repository";

export interface Around {
  repository: Repository;
  listed: { foreign: number; submodules: number; tooMany: ReadonlySet<string> };
  isShallow: boolean;
  /** Whether the repository is a folder of this machine. */
  hasFolder: boolean;
}

export function notMeasured({ repository, listed, isShallow, hasFolder }: Around): string[] {
  const { files, coverage } = repository;
  const count = (reason: string) => files.filter(({ brief }) => brief.leftOut === reason).length;
  const unread = count("syntax") + count("unreadable");
  return [
    "Outdated and vulnerable packages are not measured: that needs the network. Deprecated ones are read from package-lock.json.",
    "Flaky and slow tests are not measured: no reports of runs are kept.",
    ...(coverage === null
      ? [
          hasFolder
            ? "Coverage is not measured: no report lies in the folder. What tests reach is derived from imports and names."
            : "Coverage is not measured: a repository elsewhere has no report. What tests reach is derived from imports and names.",
        ]
      : []),
    ...(isShallow ? ["Changes and ages of notes are not measured: the clone has no full history."] : []),
    ...(unread > 0 ? [`${filesOf(unread)} could not be parsed and ${unread === 1 ? "is" : "are"} not measured.`] : []),
    ...(count("generated") + count("minified") > 0
      ? [
          `${filesOf(count("generated") + count("minified"))} that a program wrote ${count("generated") + count("minified") === 1 ? "is" : "are"} left out.`,
        ]
      : []),
    ...(listed.foreign > 0
      ? [
          `${filesOf(listed.foreign)} in folders of vendored or built code ${listed.foreign === 1 ? "is" : "are"} left out.`,
        ]
      : []),
    ...(listed.submodules > 0 ? [`Submodules are not read: ${listed.submodules}.`] : []),
    ...(listed.tooMany.size > 0 ? [`${filesOf(listed.tooMany.size)} beyond the limit of 200,000 are not read.`] : []),
  ];
}

function filesOf(count: number): string {
  return count === 1 ? "1 file" : `${count.toLocaleString("en")} files`;
}
