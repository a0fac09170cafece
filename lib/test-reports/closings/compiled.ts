/** Runners of Rust, Go, C and C++, Java, Kotlin and Scala, .NET, Swift, Solidity, Zig, Haskell, OCaml and Dart. */
import { anyOf, inOneLine, numberOf, passedOf, type Reading, type Runner } from "./runner";

const CARGO: Runner = {
  name: "cargo",
  read: inOneLine(
    /^test result: (?:ok|FAILED)\. (?<passed>\d{1,9}) passed; (?<failed>\d{1,9}) failed; \d{1,9} ignored(?:; .{1,120})?$/,
    (groups) => ({ passed: numberOf(groups, "passed"), failed: numberOf(groups, "failed") }),
  ),
  failing: /^test (\S.*) \.\.\. FAILED$/,
};

const NEXTEST: Runner = {
  name: "nextest",
  read: inOneLine(
    /^ *Summary \[ *[\d.]+s\] (?:\d{1,9}\/)?\d{1,9} tests? run: (?<passed>\d{1,9}) passed(?: \([^)]{1,60}\))?(?<list>(?:, \d{1,9} [a-z ]{1,20}(?: \([^)]{1,60}\))?)*)$/,
    (groups) => {
      const of = (word: string) => Number(new RegExp(`, (\\d+) ${word}`).exec(groups.list ?? "")?.[1] ?? 0);
      return { passed: numberOf(groups, "passed"), failed: of("failed") + of("timed out") + of("exec failed") };
    },
  ),
};

/**
 * With `-v` it names each test and subtest. A test that has subtests is no test of its own, unless it alone is red. Without
 * `-v` it names the red ones only.
 */
const GO: Runner = {
  name: "go",
  read(lines) {
    const ended = lines.flatMap((line) => {
      const [, outcome, name] = /^ {0,40}--- (PASS|FAIL|SKIP): (\S+) \([\d.]+s\)$/.exec(line) ?? [];
      return outcome !== undefined && name !== undefined ? [{ outcome, name }] : [];
    });
    const begun = new Set(lines.flatMap((line) => /^=== RUN {3}(\S+)$/.exec(line)?.[1] ?? []));
    const broken = lines.filter((line) => /^FAIL\t\S+ \[(?:build|setup) failed\]$/.test(line)).length;
    if (begun.size === 0) return ended.length > 0 || broken > 0 ? "unknown" : [];
    // A line of a test that nobody began was printed by one.
    return [goReading(ended.filter(({ name }) => begun.has(name))), { passed: 0, failed: broken }];
  },
  failing: /^ {0,40}--- FAIL: (\S+) \([\d.]+s\)$/,
};

export function goReading(tests: readonly { outcome: string; name: string }[]): Reading {
  const above = (name: string) => name.split("/").map((_, at, parts) => parts.slice(0, at).join("/"));
  const parents = new Set(tests.flatMap(({ name }) => above(name)));
  const redBelow = new Set(tests.flatMap(({ name, outcome }) => (outcome === "FAIL" ? above(name) : [])));
  const own = tests.filter(({ name, outcome }) => !parents.has(name) || (outcome === "FAIL" && !redBelow.has(name)));
  const failed = own.filter(({ outcome }) => outcome === "FAIL").length;
  return { passed: own.filter(({ outcome }) => outcome === "PASS").length, failed };
}

const GOTESTSUM: Runner = {
  name: "gotestsum",
  repeats: ["go"],
  read: inOneLine(
    /^DONE (?:\d{1,4} runs, )?(?<all>\d{1,9}) tests?(?:, (?<skipped>\d{1,9}) skipped)?(?:, (?<failures>\d{1,9}) failures?)?(?:, (?<errors>\d{1,9}) errors?)? in [\d.]+s$/,
    (groups) => {
      const failures = numberOf(groups, "failures");
      return {
        passed: passedOf(numberOf(groups, "all"), failures, numberOf(groups, "skipped")),
        failed: failures + numberOf(groups, "errors"),
      };
    },
  ),
};

const GINKGO: Runner = {
  name: "ginkgo",
  repeats: ["go"],
  read: inOneLine(
    /^(?:SUCCESS!|FAIL!) (?:-- )?(?<passed>\d{1,9}) Passed \| (?<failed>\d{1,9}) Failed \| .{1,80}$/,
    (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: numberOf(groups, "failed"),
    }),
  ),
};

/** The line without a time sums up those of the classes. Told to be quiet, it says nothing when no test fails. */
const MAVEN: Runner = {
  name: "maven",
  read(lines) {
    const isQuiet = !lines.some((line) => line.startsWith("[INFO]"));
    return inOneLine(
      /^(?<mark>\[(?:INFO|WARNING|ERROR)\] )?Tests run: (?<all>\d{1,9}), Failures: (?<failures>\d{1,9}), Errors: (?<errors>\d{1,9}), Skipped: (?<skipped>\d{1,9})(?:, Flakes: \d{1,9})?$/,
      (groups) => {
        const failed = numberOf(groups, "failures") + numberOf(groups, "errors");
        const passed = passedOf(numberOf(groups, "all"), failed, numberOf(groups, "skipped"));
        return { passed, failed, ...(isQuiet && groups.mark === "[ERROR] " && { onlyWhenRed: true as const }) };
      },
    )(lines);
  },
};

const GRADLE: Runner = {
  name: "gradle",
  read: inOneLine(
    /^(?<all>\d{1,9}) tests? completed(?:, (?<failed>\d{1,9}) failed)?(?:, (?<skipped>\d{1,9}) skipped)?$/,
    (groups) => {
      const failed = numberOf(groups, "failed");
      return {
        passed: passedOf(numberOf(groups, "all"), failed, numberOf(groups, "skipped")),
        failed,
        onlyWhenRed: true,
      };
    },
  ),
  failing: /^(\S.* > .+) FAILED$/,
};

const JUNIT: Runner = {
  name: "junit for readers",
  read: anyOf(
    inOneLine(/^OK \((?<passed>\d{1,9}) tests?\)$/, (groups) => ({ passed: numberOf(groups, "passed"), failed: 0 })),
    inOneLine(/^Tests run: (?<all>\d{1,9}), {2}Failures: (?<failed>\d{1,9})$/, (groups) => ({
      passed: passedOf(numberOf(groups, "all"), numberOf(groups, "failed")),
      failed: numberOf(groups, "failed"),
    })),
    inOneLine(/^\[ {1,9}(?<passed>\d{1,9}) tests successful {1,9}\]$/, (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: 0,
    })),
    // A container that fails takes its tests with it.
    inOneLine(/^\[ {1,9}(?<failed>\d{1,9}) (?:tests|containers) failed {1,9}\]$/, (groups) => ({
      passed: 0,
      failed: numberOf(groups, "failed"),
    })),
  ),
};

const SBT: Runner = {
  name: "sbt",
  repeats: ["scalatest"],
  read: inOneLine(
    /^\[(?:info|error)\] (?:Passed|Failed|Error): Total \d{1,9}, Failed (?<failed>\d{1,9}), Errors (?<errors>\d{1,9}), Passed (?<passed>\d{1,9})(?:, .{1,100})?$/,
    (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: numberOf(groups, "failed") + numberOf(groups, "errors"),
    }),
  ),
};

const SCALATEST: Runner = {
  name: "scalatest",
  read: inOneLine(
    /^(?:\[info\] )?Tests: succeeded (?<passed>\d{1,9}), failed (?<failed>\d{1,9}), canceled \d{1,9}, ignored \d{1,9}, pending \d{1,9}$/,
    (groups) => ({ passed: numberOf(groups, "passed"), failed: numberOf(groups, "failed") }),
  ),
};

const DOTNET: Runner = {
  name: "dotnet",
  read: anyOf(
    inOneLine(
      /^(?:Passed|Failed)! {1,4}- Failed: {1,9}(?<failed>\d{1,9}), Passed: {1,9}(?<passed>\d{1,9}), Skipped: {1,9}\d{1,9}, Total: {1,9}\d{1,9}(?:, .{1,200})?$/,
      (groups) => ({ passed: numberOf(groups, "passed"), failed: numberOf(groups, "failed") }),
    ),
    (lines) =>
      lines.flatMap((line, at) => {
        if (!/^Total tests: \d{1,9}$/.test(line)) return [];
        const of = (word: string) =>
          Number(
            lines
              .slice(at + 1, at + 4)
              .map((next) => new RegExp(`^ {1,9}${word}: (\\d{1,9})$`).exec(next)?.[1])
              .find((count) => count !== undefined) ?? 0,
          );
        return [{ passed: of("Passed"), failed: of("Failed") }];
      }),
  ),
};

/** Each suite has such a line, and the one that holds all of them sums up. */
const XCTEST: Runner = {
  name: "xctest",
  read: (lines) =>
    lines.flatMap((line, at) => {
      if (!/^Test Suite '(?:All tests|Selected tests)' (?:passed|failed) at /.test(line)) return [];
      const said =
        /^\t? {0,9}Executed (?<all>\d{1,9}) tests?, with (?:(?<skipped>\d{1,9}) tests? skipped and )?(?<failed>\d{1,9}) failures? /.exec(
          lines[at + 1] ?? "",
        )?.groups;
      if (!said) return [];
      const failed = numberOf(said, "failed");
      return [{ passed: passedOf(numberOf(said, "all"), failed, numberOf(said, "skipped")), failed }];
    }),
};

const FORGE: Runner = {
  name: "forge",
  read: inOneLine(
    /^Ran \d{1,9} test suites? in .{1,60}: (?<passed>\d{1,9}) tests? passed, (?<failed>\d{1,9}) failed, \d{1,9} skipped \(\d{1,9} total tests?\)$/,
    (groups) => ({ passed: numberOf(groups, "passed"), failed: numberOf(groups, "failed") }),
  ),
  failing: /^\[FAIL[^\]]{0,200}\] (\w+\([^)]{0,100}\))/,
};

const CTEST: Runner = {
  name: "ctest",
  repeats: ["gtest", "catch2", "check", "cmocka", "tap", "junit"],
  read: inOneLine(/^\d{1,3}% tests passed, (?<failed>\d{1,9}) tests? failed out of (?<all>\d{1,9})$/, (groups) => ({
    passed: passedOf(numberOf(groups, "all"), numberOf(groups, "failed")),
    failed: numberOf(groups, "failed"),
  })),
};

/** GoogleTest and cmocka close alike. */
const GTEST: Runner = {
  name: "gtest",
  read: anyOf(
    inOneLine(/^\[ {2}PASSED {2}\] (?<passed>\d{1,9}) test(?:s|\(s\))?\.$/, (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: 0,
    })),
    inOneLine(/^\[ {2}FAILED {2}\] (?<failed>\d{1,9}) test(?:s|\(s\))?, listed below:$/, (groups) => ({
      passed: 0,
      failed: numberOf(groups, "failed"),
    })),
  ),
};

const CATCH2: Runner = {
  name: "catch2",
  read: anyOf(
    inOneLine(/^All tests passed \(\d{1,9} assertions? in (?<passed>\d{1,9}) test cases?\)$/, (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: 0,
    })),
    // doctest's line begins with its name.
    inOneLine(
      /^(?:\[doctest\] )?test cases: {1,9}\d{1,9} \|(?: {1,9}(?<passed>\d{1,9}) passed)?(?: ?\|)?(?: {1,9}(?<failed>\d{1,9}) failed(?! as))?(?: .{1,60})?$/,
      (groups) => ({ passed: numberOf(groups, "passed"), failed: numberOf(groups, "failed") }),
    ),
  ),
};

const CHECK: Runner = {
  name: "check",
  read: inOneLine(
    /^\d{1,3}%: Checks: (?<all>\d{1,9}), Failures: (?<failures>\d{1,9}), Errors: (?<errors>\d{1,9})$/,
    (groups) => {
      const failed = numberOf(groups, "failures") + numberOf(groups, "errors");
      return { passed: passedOf(numberOf(groups, "all"), failed), failed };
    },
  ),
};

const TASTY: Runner = {
  name: "tasty",
  read: anyOf(
    inOneLine(/^All (?<passed>\d{1,9}) tests passed \([\d.]+s\)$/, (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: 0,
    })),
    inOneLine(/^(?<failed>\d{1,9}) out of (?<all>\d{1,9}) tests failed \([\d.]+s\)$/, (groups) => ({
      passed: passedOf(numberOf(groups, "all"), numberOf(groups, "failed")),
      failed: numberOf(groups, "failed"),
    })),
  ),
};

const ALCOTEST: Runner = {
  name: "alcotest",
  read: anyOf(
    inOneLine(/^Test Successful in [\d.]+s\. (?<passed>\d{1,9}) tests? run\.$/, (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: 0,
    })),
    inOneLine(/^(?<failed>\d{1,9}) failures?! in [\d.]+s\. (?<all>\d{1,9}) tests? run\.$/, (groups) => ({
      passed: passedOf(numberOf(groups, "all"), numberOf(groups, "failed")),
      failed: numberOf(groups, "failed"),
    })),
  ),
};

/** `zig build` says nothing when no test fails. */
const ZIG: Runner = {
  name: "zig",
  read: anyOf(
    inOneLine(/^All (?<passed>\d{1,9}) tests passed\.$/, (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: 0,
    })),
    inOneLine(/^(?<passed>\d{1,9}) passed; \d{1,9} skipped; (?<failed>\d{1,9}) failed\.$/, (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: numberOf(groups, "failed"),
    })),
    inOneLine(
      /^Build Summary: .{1,100}; (?<passed>\d{1,9})\/\d{1,9} tests passed(?:; (?<skipped>\d{1,9}) skipped)?(?:; (?<failed>\d{1,9}) failed)?.{0,60}$/,
      (groups) => ({
        passed: numberOf(groups, "passed"),
        failed: numberOf(groups, "failed"),
        onlyWhenRed: true as const,
      }),
    ),
  ),
};

const DART: Runner = {
  name: "dart",
  read: inOneLine(
    /^\d{2,}:\d{2} \+(?<passed>\d{1,9})(?: ~\d{1,9})?(?: -(?<failed>\d{1,9}))?: (?:All tests passed!|Some tests failed\.)$/,
    (groups) => ({ passed: numberOf(groups, "passed"), failed: numberOf(groups, "failed") }),
  ),
};

export const COMPILED: readonly Runner[] = [
  CARGO,
  NEXTEST,
  GO,
  GOTESTSUM,
  GINKGO,
  MAVEN,
  GRADLE,
  JUNIT,
  SBT,
  SCALATEST,
  DOTNET,
  XCTEST,
  FORGE,
  CTEST,
  GTEST,
  CATCH2,
  CHECK,
  TASTY,
  ALCOTEST,
  ZIG,
  DART,
];
