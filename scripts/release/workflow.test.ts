/** The workflow that publishes a version names files and programs that are there. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { fileName } from "../package/package";

interface Job {
  strategy?: { matrix: { include: Record<string, string>[] } };
  steps: { run?: string }[];
}

const { jobs } = parse(readFileSync(".github/workflows/release.yml", "utf8")) as { jobs: Record<string, Job> };

test("each system of the matrix is in the name of the file that its machine makes", () => {
  const systems = jobs.package?.strategy?.matrix.include.map(({ system }) => `banyan-1.0.0-${system}.tgz`);
  const made = ["linux", "darwin"].flatMap((platform) =>
    ["x64", "arm64"].map((arch) => fileName("1.0.0", platform, arch)),
  );
  expect(systems?.sort()).toEqual(made.sort());
});

test("the files that its steps run are there", () => {
  const said = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = "" }) => run));
  const files = said.flatMap((run) => run.match(/\bscripts\/[\w/.-]+\.(mjs|ts)\b/g) ?? []);
  expect(files).toContain("scripts/release/notes.mjs");
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
