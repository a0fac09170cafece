/** The settings of a repository's gates: `.banyan/gates.yaml`. */
import { parse } from "yaml";
import { z } from "zod";
import { GATE_NAMES, OWN_GATE_NAME } from "@/core/shapes/improving/gates";
import { COVERAGE_FORMATS } from "@/lib/test-reports/coverage/read";
import { REPORT_FORMATS } from "@/lib/test-reports/report";
import { compileGlob } from "@/lib/workspace/glob";
import { WorkspaceError } from "@/lib/workspace/path";
import { GatesError } from "./errors";
import type { FoundCommand } from "./found-commands";
import { type FoundTests, TEST_COMMAND } from "./found-tests";

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
/** `nested`: for tests that use sandboxes or browsers themselves. */
export const Profile = z.enum(["strict", "nested"]);
export type Profile = z.infer<typeof Profile>;
const Sandbox = Profile.default("strict");
/** The built-in gates that are a command. */
export const COMMAND_GATES = ["build", "types", "lint", "rules"] as const;

const Command = z
  .object({
    run: z.string().min(1),
    timeout_minutes: Minutes.default(10),
    /** Shows the base's files too, read-only, in the folder that BANYAN_BASE names. */
    with_base: z.boolean().default(false),
    /** A file that the command writes: each of its lines on the base must be there on the change. */
    same_lines: Below.optional(),
    /** A file in which the command writes what it found, as a JSON list. */
    findings: Below.optional(),
  })
  .strict()
  .refine((command) => command.same_lines === undefined || !(command.with_base || command.findings), {
    message: "same_lines goes with neither with_base nor findings",
  });
const CommandOrText = z.union([
  z
    .string()
    .min(1)
    .transform((run) => Command.parse({ run })),
  Command,
]);
const Commands = z
  .record(z.string(), CommandOrText)
  .refine((commands) => Object.keys(commands).every((name) => isCommandGate(name) || isOwnName(name)), {
    message: "name a gate of your own in small letters, digits and _, unlike a built-in gate",
  })
  .refine(
    (commands) =>
      COMMAND_GATES.every((name) => {
        const command = commands[name];
        return !(command?.with_base || command?.same_lines || command?.findings);
      }),
    { message: "only gates of your own have with_base, same_lines and findings" },
  );

const ReportFile = z
  .object({
    format: z.enum(REPORT_FORMATS),
    /** Relative to the repository. Absent: standard output. */
    file: Below.optional(),
  })
  .strict();

const Analysis = z
  .object({
    /** Writes the report. Absent: somebody has written it into the folder before the gates run. */
    run: z.string().min(1).optional(),
    report: Below,
    /** Without `run`: the report of the same tool on the base. Absent: results on added lines are new. */
    base_report: Below.optional(),
    sandbox: Sandbox,
    timeout_minutes: Minutes.default(10),
  })
  .strict()
  .refine(({ run, base_report }) => run === undefined || base_report === undefined, {
    message: "run makes the report of the base too, so leave base_report out",
  });
export type Analysis = z.infer<typeof Analysis>;

const First = z
  .object({
    /** The files of tests that `some` can run. A pattern that begins with "!" leaves out. */
    files: Globs.min(1),
    /** The nearest of the tests that the change can reach. */
    most_files: z.int().min(1).max(1000).default(40),
    /** How many imports may lead from a test to what changed: 1 for a test that imports or names it itself. */
    most_steps: z.int().min(1).max(100).default(3),
    /** Beginnings of imports, and the folder of each: `{ "@/": "" }`. */
    aliases: z.record(z.string().min(1), z.string()).default({}),
  })
  .strict();

const BlackBox = z
  .object({
    /** Builds the candidate in its folder. */
    build: z.string().min(1).optional(),
    /** Tests of the base. BANYAN_UNDER_TEST names the candidate's folder, BANYAN_APART a program that hides the tests. */
    run: z.string().min(1),
    report: ReportFile,
    timeout_minutes: Minutes.default(10),
  })
  .strict();
export type BlackBox = z.infer<typeof BlackBox>;

export const Settings = z
  .object({
    /** Changes of these files need a person. */
    guarded: Globs.default([]),
    /** Files on the side of the tests, in addition to the built-in list. */
    test_side: Globs.default([]),
    /** Folders of installed packages that commands see, read-only. */
    packages: z.array(Below).default(["node_modules"]),
    /** A writable folder with `links` to them, or with a `mount` of each for tools that follow no links. */
    packages_as: z.enum(["links", "mount"]).default("links"),
    oddities: z
      .object({
        /** Files that may contain made-up secrets and odd characters, such as tests of a scanner. */
        allow: Globs.default([]),
        /** Names and texts by which the program could learn that a release of it is on trial. */
        trial_words: z.array(z.string().min(1)).default([]),
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
    /** Commands of built-in gates, and of gates of the repository's own by their names. */
    commands: Commands.default({}),
    /** Tools that write SARIF. */
    analysis: z.array(Analysis).default([]),
    tests: z
      .object({
        run: z.string().min(1),
        /** Runs one red test again. It gets BANYAN_TEST_FILE and BANYAN_TEST_NAME. Absent: `run`. */
        rerun: z.string().min(1).optional(),
        /** Runs only the files that BANYAN_TEST_FILES names, between spaces. For files of tests that a change edits. */
        some: z.string().min(1).optional(),
        /** Names all tests of `run` in a file, as `vitest list --json=FILE` does. With it and `some`, only few tests run on the base. */
        list: z
          .object({ run: z.string().min(1), file: Below })
          .strict()
          .optional(),
        /** The tests that run first, with `some`. Absent: all tests run at once. */
        first: First.optional(),
        /** Runs the tests on code with a fault in it, and may stop at the first red test. Absent: `run`. */
        until_red: z.string().min(1).optional(),
        report: ReportFile,
        sandbox: Sandbox,
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
    /** Tests that try a program from outside, which runs apart from them. */
    black_box: z.union([BlackBox.transform((single) => [single]), z.array(BlackBox)]).default([]),
    coverage: z
      .object({
        run: z.string().min(1),
        report: z.object({ format: z.enum(COVERAGE_FORMATS), file: Below }).strict(),
        may_fall_percent: z.number().min(0).max(100).default(0.5),
        /** Absent: only the base is compared with. */
        least_percent: z.number().min(0).max(100).optional(),
        sandbox: Sandbox,
        timeout_minutes: Minutes.default(10),
      })
      .strict()
      .optional(),
    /** Tests that are written for code that no test reached. */
    gap_tests: z
      .object({
        count: z.int().min(1).max(200).default(20),
        least_killed_percent: z.number().min(0).max(100).default(60),
      })
      .strict()
      .optional(),
    complexity: z
      .object({
        most: z.int().min(1).default(15),
        /** Whether the limit is for all files, also for functions that are as complex on the base. */
        everywhere: z.boolean().default(false),
      })
      .strict()
      .optional(),
    documentation: z
      .object({
        files: Globs.default(["**"]),
        /** How many of all exported functions have a docstring. Absent: only the base is compared with. */
        least_percent: z.number().min(0).max(100).optional(),
      })
      .strict()
      .optional(),
    vulnerabilities: z
      .object({
        /** The registry's hosts, the only ones that the command reaches. */
        hosts: z.array(z.string().min(1)).min(1).optional(),
        /** A folder or a zip with vulnerabilities in the OSV format: nothing is asked over the network. */
        osv: z.string().min(1).optional(),
        level: z.enum(["low", "moderate", "high", "critical"]).default("high"),
        timeout_minutes: Minutes.default(2),
      })
      .strict()
      .refine(({ hosts, osv }) => (hosts === undefined) !== (osv === undefined), {
        message: "name either hosts or osv",
      })
      .optional(),
    licences: z
      .object({ allow: z.array(z.string().min(1)).min(1) })
      .strict()
      .optional(),
    bench: z
      .object({
        run: z.string().min(1),
        // Fewer than six count as six: no smaller number of pairs has an interval.
        rounds: z.int().min(2).max(50).default(10),
        worse_percent: z.number().positive().default(10),
        sandbox: Sandbox,
        timeout_minutes: Minutes.default(10),
        /** For all rounds together. */
        most_minutes: Minutes.default(60),
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
    /** Gates that may be left unmeasured. */
    optional: z.array(z.string()).default([]),
    /** Tests of the base that the change replaces or removes. */
    retires: z.array(z.object({ test: z.string().min(1), why: z.string().min(1) }).strict()).default([]),
  })
  .strict()
  .refine(({ optional, commands }) => optional.every((name) => isBuiltIn(name) || name in commands), {
    message: "there is no such gate",
    path: ["optional"],
  })
  .refine(({ tests }) => tests?.first === undefined || tests.some !== undefined, {
    message: "it needs tests.some, which runs the files",
    path: ["tests", "first"],
  });
export type Settings = z.infer<typeof Settings>;
export type Command = z.infer<typeof Command>;
export type Retired = Settings["retires"][number];

/** Returns the settings of a repository that has none, with what was found. Faults are not put into its code. */
export function settingsOf(tests: FoundTests | null, found: readonly FoundCommand[]): Settings {
  const commands: Record<string, string> = {};
  for (const { gate, run } of found) if (gate !== "coverage") commands[gate] = run;
  if (tests?.report === null) commands[TEST_COMMAND] = tests.run;
  const coverage = found.find(({ gate }) => gate === "coverage");
  return Settings.parse({
    sentinels: false,
    mutation: false,
    commands,
    ...(tests?.report && { tests: { run: tests.run, report: tests.report } }),
    ...(coverage && { coverage: { run: coverage.run, report: coverage.report } }),
  });
}

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

/** Returns the names of the gates that the settings add. */
export function ownGates({ commands }: Pick<Settings, "commands">): string[] {
  return Object.keys(commands).filter((name) => !isCommandGate(name));
}

function isBuiltIn(name: string): boolean {
  return GATE_NAMES.some((known) => known === name);
}

function isOwnName(name: string): boolean {
  return OWN_GATE_NAME.test(name) && !isBuiltIn(name);
}

function isCommandGate(name: string): boolean {
  return COMMAND_GATES.some((gate) => gate === name);
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
