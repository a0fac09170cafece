/** Runners of Python, Ruby, PHP, Perl, Lua, R, Elixir and Erlang. */
import { anyOf, inOneLine, numberOf, partsOf, passedOf, type Reading, type Runner } from "./runner";

const PYTEST: Runner = {
  name: "pytest",
  read(lines) {
    const readings: Reading[] = [];
    for (const line of lines) {
      const list = /^(?:=+ )?(?<list>.{1,200}?) in [\d.]+s(?: \([\d:]+\))?(?: =+)?$/.exec(line)?.groups?.list;
      if (list === undefined) continue;
      const words = list.split(", ");
      if (!words.every((word) => OF_PYTEST.test(word)) && list !== "no tests ran") continue;
      const parts = partsOf(list, /,/);
      const of = (...names: string[]) => names.reduce((sum, name) => sum + (parts.get(name) ?? 0), 0);
      readings.push({ passed: of("passed", "xpassed"), failed: of("failed", "error", "errors") });
    }
    return readings;
  },
  failing: /^(?:FAILED|ERROR) ([^\s:]+(?:::\S+|\.py))(?= |$)/,
};
const OF_PYTEST =
  /^\d{1,9} (?:passed|failed|errors?|skipped|deselected|xfailed|xpassed|warnings?|rerun|subtests passed|subtests failed|snapshots? .{1,40})$/;

/**
 * The line of the number and the line of the outcome. A test is red once for each of its subtests, and an error in the
 * setup of a class is none of the tests that ran, so the headings of the faults say which tests are red.
 */
const UNITTEST: Runner = {
  name: "unittest",
  read(lines) {
    const readings: Reading[] = [];
    let headings: string[] = [];
    for (const [at, line] of lines.entries()) {
      const heading = /^(?:FAIL|ERROR): (\w+ \([\w.]+\))/.exec(line)?.[1];
      if (heading !== undefined) headings.push(heading);
      const ran = /^Ran (\d{1,9}) tests?(?: in [\d.]+s|\.)$/.exec(line)?.[1];
      const found = /^(?:OK|FAILED|PASSED|NO TESTS RAN)(?: \((?<list>[^()]{1,200})\))?$/.exec(lines[at + 1] ?? "");
      if (ran === undefined || !found) continue;
      readings.push(unittestReading(Number(ran), found.groups?.list ?? "", headings));
      headings = [];
    }
    return readings;
  },
  failing: /^(?:FAIL|ERROR): (\w+ \([\w.]+\))/,
};

function unittestReading(ran: number, list: string, headings: readonly string[]): Reading {
  const of = (name: string) => Number(new RegExp(`(?:^|, )${name}=(\\d{1,9})`).exec(list)?.[1] ?? 0);
  const [faults, odd] = [of("failures") + of("errors"), of("unexpected successes")];
  const others = [of("skipped"), of("skips"), of("expected failures"), odd];
  if (headings.length !== faults) return { passed: passedOf(ran, faults, ...others), failed: faults + odd };
  const red = new Set(headings);
  const tests = [...red].filter((name) => !/^(?:setUp|tearDown)(?:Class|Module) /.test(name)).length;
  return { passed: passedOf(ran, tests, ...others), failed: red.size + odd };
}

/** Scenarios are its tests. */
const BEHAVE: Runner = {
  name: "behave",
  read: inOneLine(
    /^(?<passed>\d{1,9}) scenarios? passed, (?<failed>\d{1,9}) failed(?:, (?<error>\d{1,9}) error)?(?:, .{1,100})?$/,
    (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: numberOf(groups, "failed") + numberOf(groups, "error"),
    }),
  ),
};

/** RSpec, Hspec and Crystal close alike. */
const EXAMPLES: Runner = {
  name: "examples",
  read: inOneLine(
    /^(?<all>\d{1,9}) examples?, (?<failures>\d{1,9}) failures?(?:, (?<errors>\d{1,9}) errors?)?(?:, (?<pending>\d{1,9}) pending)?(?:, (?<outside>\d{1,9}) errors? occurred outside of examples)?$/,
    (groups) => {
      const failed = numberOf(groups, "failures") + numberOf(groups, "errors");
      return {
        passed: passedOf(numberOf(groups, "all"), failed, numberOf(groups, "pending")),
        failed: failed + numberOf(groups, "outside"),
      };
    },
  ),
  failing: /^rspec (\S+:\d+) #/,
};

const MINITEST: Runner = {
  name: "minitest",
  read: anyOf(
    inOneLine(
      /^(?<all>\d{1,9}) runs?, \d{1,9} assertions?, (?<failures>\d{1,9}) failures?, (?<errors>\d{1,9}) errors?, (?<skips>\d{1,9}) skips?$/,
      rubyReading,
    ),
    inOneLine(
      /^(?<all>\d{1,9}) tests?, \d{1,9} assertions?, (?<failures>\d{1,9}) failures?, (?<errors>\d{1,9}) errors?, (?<pendings>\d{1,9}) pendings?, (?<omissions>\d{1,9}) omissions?, \d{1,9} notifications?$/,
      rubyReading,
    ),
  ),
};

function rubyReading(groups: Readonly<Record<string, string | undefined>>): Reading {
  const failed = numberOf(groups, "failures") + numberOf(groups, "errors");
  const without = ["skips", "pendings", "omissions"].map((name) => numberOf(groups, name));
  return { passed: passedOf(numberOf(groups, "all"), failed, ...without), failed };
}

const CUCUMBER: Runner = {
  name: "cucumber",
  read: inOneLine(/^\d{1,9} scenarios? \((?<list>[^()]{1,200})\)$/, ({ list = "" }) => {
    const parts = partsOf(list, /,/);
    return { passed: parts.get("passed") ?? 0, failed: (parts.get("failed") ?? 0) + (parts.get("ambiguous") ?? 0) };
  }),
};

const PHPUNIT: Runner = {
  name: "phpunit",
  read: anyOf(
    inOneLine(/^OK \((?<passed>\d{1,9}) tests?, \d{1,9} assertions?\)$/, (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: 0,
    })),
    inOneLine(/^Tests: (?<all>\d{1,9}), Assertions: \d{1,9}(?<list>(?:, [\w ]{1,40}: \d{1,9})*)\.$/, (groups) => {
      const of = (name: string) => Number(new RegExp(`, ${name}: (\\d+)`).exec(groups.list ?? "")?.[1] ?? 0);
      const failed = of("Errors") + of("Failures");
      return { passed: passedOf(numberOf(groups, "all"), failed, of("Skipped"), of("Incomplete")), failed };
    }),
  ),
};

const PEST: Runner = {
  name: "pest",
  read: inOneLine(/^ {2}Tests: {1,6}(?<list>.{1,200}?) \(\d{1,9} assertions?\)$/, ({ list = "" }) => {
    const parts = partsOf(list, /,/);
    return { passed: parts.get("passed") ?? 0, failed: parts.get("failed") ?? 0 };
  }),
};

/** ExUnit, EUnit with rebar3 and bats for readers close alike. */
const EXUNIT: Runner = {
  name: "exunit",
  read: anyOf(
    inOneLine(
      /^(?:(?<doctests>\d{1,9}) doctests?, )?(?:(?<properties>\d{1,9}) propert(?:y|ies), )?(?<all>\d{1,9}) tests?, (?<failures>\d{1,9}) failures?(?:,? \(?(?<excluded>\d{1,9}) excluded\)?)?(?:, (?<invalid>\d{1,9}) invalid)?(?:, (?<skipped>\d{1,9}) skipped)?$/,
      (groups) => {
        const all = ["doctests", "properties", "all"].reduce((sum, name) => sum + numberOf(groups, name), 0);
        // Tests whose setup failed
        const failed = numberOf(groups, "failures") + numberOf(groups, "invalid");
        return { passed: passedOf(all, failed, numberOf(groups, "excluded"), numberOf(groups, "skipped")), failed };
      },
    ),
  ),
};

const BUSTED: Runner = {
  name: "busted",
  read: inOneLine(
    /^(?<passed>\d{1,9}) success(?:es)? \/ (?<failures>\d{1,9}) failures? \/ (?<errors>\d{1,9}) errors? \/ \d{1,9} pending : [\d.]+ seconds$/,
    (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: numberOf(groups, "failures") + numberOf(groups, "errors"),
    }),
  ),
};

/** The summary names programs with red tests, and those that ended early. With `-v` their TAP stands before it. */
const PROVE: Runner = {
  name: "prove",
  repeats: ["tap without its version"],
  read(lines) {
    const readings: Reading[] = [];
    let [failed, broken] = [0, 0];
    for (const line of lines) {
      const program = /^\S.{0,200} \(Wstat: .{1,60} Tests: \d{1,9} Failed: (\d{1,9})\)$/.exec(line)?.[1];
      if (program !== undefined) {
        failed += Number(program);
        if (program === "0") broken += 1;
      }
      const all = /^Files=\d{1,9}, Tests=(\d{1,9}), /.exec(line)?.[1];
      if (all === undefined) continue;
      readings.push({ passed: passedOf(Number(all), failed), failed: failed + broken });
      [failed, broken] = [0, 0];
    }
    return readings;
  },
};

/** It counts expectations. A package's check prints the line twice, so nobody knows of how many runs two lines are. */
const TESTTHAT: Runner = {
  name: "testthat",
  read(lines) {
    const readings = inOneLine(
      /^\[ FAIL (?<failed>\d{1,9}) \| WARN \d{1,9} \| SKIP \d{1,9} \| PASS (?<passed>\d{1,9}) \]$/,
      (groups) => ({ passed: numberOf(groups, "passed"), failed: numberOf(groups, "failed") }),
    )(lines);
    return readings === "unknown" || readings.length > 1 ? "unknown" : readings;
  },
};

export const SCRIPTS: readonly Runner[] = [
  PYTEST,
  UNITTEST,
  BEHAVE,
  EXAMPLES,
  MINITEST,
  CUCUMBER,
  PHPUNIT,
  PEST,
  EXUNIT,
  BUSTED,
  PROVE,
  TESTTHAT,
];
