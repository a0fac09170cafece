"use client";

import { PatchDiff } from "@/components/diff/patch-diff";
import type { ReviewedFile } from "@/core/shapes/review";
import { exactCount, plural } from "@/core/words/figures";
import { PartHead } from "./item-parts";

/** The diff in two groups, so that nobody takes many lines of tests for many lines of source, or the reverse. */
export function ChangedFiles({ files, patch }: { files: readonly ReviewedFile[]; patch: string }) {
  const tests = files.filter(({ side }) => side === "tests");
  const source = files.filter(({ side }) => side === "source");
  const paths = new Set(tests.map(({ path }) => path));
  return (
    <>
      <Group
        name="source"
        title={`${countWords(source)} of source`}
        files={source}
        patch={patch}
        only={(path) => !paths.has(path)}
      />
      <Group
        name="tests"
        title={`${countWords(tests)} of tests`}
        note="with what decides how tests and checks run"
        files={tests}
        patch={patch}
        only={(path) => paths.has(path)}
      />
    </>
  );
}

function countWords({ length }: readonly ReviewedFile[]): string {
  return length === 0 ? "No files" : plural(length, "file");
}

interface GroupProps {
  name: "source" | "tests";
  title: string;
  note?: string;
  files: readonly ReviewedFile[];
  patch: string;
  only: (path: string) => boolean;
}

function Group({ name, title, note, files, patch, only }: GroupProps) {
  const sum = (of: "additions" | "deletions") => exactCount(files.reduce((total, file) => total + (file[of] ?? 0), 0));
  return (
    <section aria-label={title} data-testid={`change-${name}`}>
      <PartHead
        note={
          files.length === 0 ? null : (
            <>
              <span className="text-ok">+{sum("additions")}</span>{" "}
              <span className="text-fail">−{sum("deletions")}</span>
              {note ? <span className="ml-2">{note}</span> : null}
            </>
          )
        }
      >
        {title}
      </PartHead>
      {files.length === 0 ? null : <PatchDiff patch={patch} only={only} />}
    </section>
  );
}
