/** Environments: where a commit of a project runs, so that people can use it before it is anywhere else. */

export const ENVIRONMENT_STATES = [
  "waiting",
  "preparing",
  "starting",
  "running",
  "asleep",
  "failed",
  "ending",
] as const;
/** How far an environment has come. */
export type EnvironmentState = (typeof ENVIRONMENT_STATES)[number];

/** Small letters, digits and dashes, because it is a part of an address. */
export const ENVIRONMENT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
/** What Banyan calls environments of pull requests. */
export const PREVIEW_NAME = /^pr-\d+$/;
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

export const ENVIRONMENT_LIMITS = {
  /** Environments of all projects together. */
  environments: 50,
  /** Those that run at the same time. */
  running: 20,
  /** Time without a visit after which an environment sleeps, in milliseconds. */
  idleMs: 15 * 60_000,
  /** Days without a visit after which it ends and its data are removed, unless somebody said another number. */
  keepDays: 3,
  mostKeepDays: 90,
  /** Of a check. */
  requests: 5_000,
  connections: 200,
  seconds: 120,
  variables: 50,
  variableCharacters: 10_000,
} as const;

export const DAY_MS = 86_400_000;

/** `GET /environments`, and those of a project: `?project=NAME`. */
export interface EnvironmentList {
  items: Environment[];
  next: null;
}

/** A copy of a project that runs at an address of its own. */
export interface Environment {
  /** A label that no other environment has or had: the first part of its host name. */
  id: string;
  /** Name of its project. */
  project: string;
  /** No other environment of the project has it now. */
  name: string;
  state: EnvironmentState;
  /** Why it is in this state, as a sentence; null: nothing is to be said. */
  why: string | null;
  /** The branch that it shows; null: the project's. */
  branch: string | null;
  /** The commit that it shows; null: its files are not there yet. */
  commit: string | null;
  /** The pull request of the project's forge that it belongs to: it ends with it. */
  pull: number | null;
  /** Starts the service; null: the script `preview` or `start` of package.json does. */
  command: string | null;
  /** Names of variables that somebody set. */
  variables: string[];
  /** Variables whose values are secrets of the vault: their names, with the names of the secrets. */
  secrets: Record<string, string>;
  /** Leads a person who is signed in to it: a path of this server. */
  open: string;
  /** Name of the person who made it, or who asked for the work of its pull request. */
  created_by: string;
  created_at: string;
  /** When it listened last; null: it never did. */
  started_at: string | null;
  /** When somebody visited it last, or it was asked for, and later by the time in which no server worked: that does not count. */
  used_at: string;
  /** When it ends unless somebody visits it before. */
  ends_at: string;
  /** Whether somebody asked for checks that have not ended. */
  is_checking: boolean;
  /** The last checks of it; null: nobody has checked it. */
  checks: EnvironmentChecks | null;
}

/** What checks of an environment's commit found. They ran in a sandbox of their own, with empty data. */
export interface EnvironmentChecks extends CheckResult {
  /** When the checks ended. */
  at: string;
  /** Name of the person who asked for them. */
  by: string;
  /** Hash of the commit that was checked. */
  commit: string;
}

/** What a person wants to be checked. */
export interface WantedChecks {
  /** Generated requests, against `openapi.yaml`. */
  requests: number;
  /** null: no load. */
  load: WantedLoad | null;
}

export interface WantedLoad {
  /** The path that is requested. */
  path: string;
  /** Connections at a time. */
  connections: number;
  /** How long it lasts, in seconds. */
  seconds: number;
  /** The number that it must keep; null: it is only measured. */
  p95_ms: number | null;
}

export interface CheckResult {
  /** Generated requests and their answers, against `openapi.yaml`; null: the repository has none, or it could not be read. */
  contract: {
    /** Operations of the document. */
    operations: number;
    /** Requests that were sent. */
    requests: number;
    /** Operations that accepted a valid request, such as `GET /orders`: no good answer of another one was seen. Checks of older versions have none. */
    accepted: string[];
    /** Answers that the document does not allow: how many kinds, and the first of them with a command that shows it. */
    found: number;
    /** The first kinds of answers that the document does not allow. */
    findings: {
      /** What is wrong, in words. */
      text: string;
      /** A command that shows it. */
      show: string;
    }[];
  } | null;
  /** null: nobody asked for load, or it could not be measured. */
  load: LoadFigures | null;
  /** The numbers of its requirements; empty: its specification has none, or there is none. Checks of older versions had none. */
  numbers: MeasuredNumber[];
  /** What could not be checked, and why: a sentence each. */
  not_measured: string[];
}

/** A number that a requirement asks for, and what was measured. */
export interface MeasuredNumber {
  /** Such as `N1`. */
  requirement: string;
  /** Such as `latency_p95`. */
  what: string;
  /** null: the whole service. */
  operation: string | null;
  /** How what is measured has to compare with `number`. */
  is: "at_most" | "at_least" | "exactly";
  /** The number that the requirement asks for. */
  number: number;
  /** Unit of the number, such as `ms`. */
  unit: string;
  /** The load at which it was to be measured, such as `50 requests/s`; null: as much as there can be. */
  at: string | null;
  /** In the same unit; null: it was not measured. */
  measured: number | null;
  /** null: it was not measured. */
  holds: boolean | null;
  /** Why it was not measured, as a sentence; null: it was. */
  why: string | null;
}

/** What a load test measured. */
export interface LoadFigures extends WantedLoad {
  /** Requests that were sent. */
  requests: number;
  /** Answers that are no success, and requests without an answer. */
  errors: number;
  /** Answers in a second, on average. */
  requests_per_second: number;
  /** Times of an answer, in milliseconds: the nearest measured one at or above that share. */
  ms: {
    /** Half of the answers took at most this. */
    p50: number;
    /** 90 % of the answers took at most this. */
    p90: number;
    /** 95 % of the answers took at most this. */
    p95: number;
    /** 99 % of the answers took at most this. */
    p99: number;
    /** The longest one. */
    most: number;
  };
}

/** Whether everything that was asked for was checked, and holds. A number that no check shows counts for neither. */
export function checksHold({ contract, load, numbers, not_measured }: CheckResult): boolean {
  const isQuick = load === null || (load.errors === 0 && (load.p95_ms === null || load.ms.p95 <= load.p95_ms));
  const isKept = numbers.every(({ holds }) => holds !== false);
  return not_measured.length === 0 && (contract === null || contractHolds(contract)) && isQuick && isKept;
}

/** A service that accepted no request at all has shown nothing. */
function contractHolds({ accepted, found }: NonNullable<CheckResult["contract"]>): boolean {
  return found === 0 && accepted.length > 0;
}

/** A piece of what an environment printed. */
export interface EnvironmentLog {
  /** The printed text. */
  text: string;
  /** Where the next piece begins: send it as `after`. */
  next: number;
  /** Characters before this piece that are no longer kept. */
  left_out: number;
}

/** Returns the beginning of an id: readable in an address, and a part of a host name. */
export function labelOf(name: string, project: string): string {
  return `${name}-${project}`
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/-{2,}/g, "-")
    .slice(0, 48)
    .replace(/^-|-$/g, "");
}
