/** The settings of a repository's gates: `.banyan/gates.yaml`. */
import { parse } from "yaml";
import { z } from "zod";
import { GATE_NAMES } from "@/core/shapes/gates";
import { compileGlob } from "@/lib/workspace/glob";
import { WorkspaceError } from "@/lib/workspace/path";
import { GatesError } from "./errors";

export const SETTINGS_FILE = ".banyan/gates.yaml";

const Globs = z.array(
  z.string().min(1).refine(isGlob, { message: "this pattern is not valid, or has too many braces" }),
);
/** A path below the repository. */
const Below = z
  .string()
  .min(1)
  .refine((path) => !path.split("/").some((name) => name === "" || name === "." || name === ".."), {
    message: "name a path inside the repository, without . and ..",
  });
const Minutes = z.number().positive().max(360);
const Command = z.object({ run: z.string().min(1), timeout_minutes: Minutes.default(10) }).strict();
const CommandOrText = z.union([
  z
    .string()
    .min(1)
    .transform((run) => Command.parse({ run })),
  Command,
]);

const ReportFile = z
  .object({
    format: z.enum(["vitest", "jest", "junit", "tap"]),
    /** Relative to the repository. Absent: standard output. */
    file: Below.optional(),
  })
  .strict();

export const Settings = z
  .object({
    /** Changes of these files need a person. */
    guarded: Globs.default([]),
    /** Files on the side of the tests, in addition to the built-in list. */
    test_side: Globs.default([]),
    /** Folders of installed packages that commands see, read-only. */
    packages: z.array(Below).default(["node_modules"]),
    /** `links`: a writable folder of links to them, for tools that keep a cache there; `mount`: the folder itself. */
    packages_as: z.enum(["links", "mount"]).default("links"),
    oddities: z
      .object({
        /** Files that may contain made-up secrets and odd characters, such as tests of a scanner. */
        allow: Globs.default([]),
      })
      .strict()
      .prefault({}),
    dependencies: z
      .object({
        /** Packages that may run a script when they are installed; "." for the repository itself. */
        install_scripts: z.array(z.string()).default([]),
        /** Hosts of package sources, in addition to those that the base uses. */
        hosts: z.array(z.string()).default([]),
      })
      .strict()
      .prefault({}),
    commands: z
      .object({ build: CommandOrText, types: CommandOrText, lint: CommandOrText, rules: CommandOrText })
      .partial()
      .strict()
      .prefault({}),
    tests: z
      .object({
        run: z.string().min(1),
        /** Runs one red test again. It gets BANYAN_TEST_FILE and BANYAN_TEST_NAME. Absent: `run`. */
        rerun: z.string().min(1).optional(),
        /** Runs the tests on code with a fault in it, and may stop at the first red one. Absent: `run`. */
        until_red: z.string().min(1).optional(),
        report: ReportFile,
        timeout_minutes: Minutes.default(10),
      })
      .strict()
      .optional(),
    sentinels: z
      .union([
        z.literal(false),
        z.object({ count: z.int().min(1).max(100).default(12), least: z.int().min(1).max(100).default(8) }).strict(),
      ])
      .prefault({}),
    mutation: z
      .union([
        z.literal(false),
        z
          .object({
            count: z.int().min(1).max(200).default(20),
            least_killed_percent: z.number().min(0).max(100).default(60),
          })
          .strict(),
      ])
      .prefault({}),
    /** Files that mutants are made of; by default all JavaScript and TypeScript outside the test side. */
    mutants: Globs.default([]),
    coverage: z
      .object({
        run: z.string().min(1),
        report: z.object({ format: z.enum(["istanbul", "lcov"]), file: Below }).strict(),
        may_fall_percent: z.number().min(0).max(100).default(0.5),
        timeout_minutes: Minutes.default(10),
      })
      .strict()
      .optional(),
    complexity: z
      .object({ most: z.int().min(1).default(15) })
      .strict()
      .optional(),
    documentation: z
      .object({ files: Globs.default(["**"]) })
      .strict()
      .optional(),
    vulnerabilities: z
      .object({
        /** The registry's hosts, the only ones that the command reaches. */
        hosts: z.array(z.string().min(1)).min(1),
        level: z.enum(["low", "moderate", "high", "critical"]).default("high"),
        timeout_minutes: Minutes.default(2),
      })
      .strict()
      .optional(),
    licences: z
      .object({ allow: z.array(z.string().min(1)).min(1) })
      .strict()
      .optional(),
    bench: z
      .object({
        run: z.string().min(1),
        rounds: z.int().min(2).max(50).default(5),
        worse_percent: z.number().positive().default(10),
        timeout_minutes: Minutes.default(10),
      })
      .strict()
      .optional(),
    limits: z
      .object({
        memory_mb: z.int().min(128).default(4096),
        processes: z.int().min(16).default(512),
        tmp_mb: z.int().min(16).default(512),
      })
      .strict()
      .prefault({}),
    /** Gates that may stay unmeasured. */
    optional: z.array(z.enum(GATE_NAMES)).default([]),
    /** Tests of the base that the change replaces or removes. */
    retires: z.array(z.object({ test: z.string().min(1), why: z.string().min(1) }).strict()).default([]),
  })
  .strict();
export type Settings = z.infer<typeof Settings>;
export type Retired = Settings["retires"][number];

/** `text` is null when there is no file; then only the gates run that need no settings. Throws a `GatesError`. */
export function readSettings(text: string | null, where: string): Settings {
  if (text === null) return Settings.parse({});
  let given: unknown;
  try {
    given = parse(text) ?? {};
  } catch (error) {
    throw new GatesError(`${SETTINGS_FILE} of ${where} is not YAML: ${firstLine((error as Error).message)}`);
  }
  const read = Settings.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue?.path.map(String).join(".") || "the file";
  throw new GatesError(`${SETTINGS_FILE} of ${where}: ${place} is wrong (${issue?.message ?? "unknown"}).`);
}

function isGlob(pattern: string): boolean {
  try {
    compileGlob(pattern);
    return true;
  } catch (error) {
    if (error instanceof WorkspaceError) return false;
    throw error;
  }
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
