/** Stores which repositories of forges give work, and the issues that became work, each with its tree and pull request. */
import type { Actor } from "@/core/rules/roles";
import type { JiraProject } from "@/core/shapes/forges";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { forgeStatements } from "./forge-statements";
import { createPulls, type Pulls } from "./pulls";
import type { Measured, StoredIssue, StoredLink } from "./stored";

type NewLink = Pick<
  StoredLink,
  | "kind"
  | "host"
  | "apiUrl"
  | "path"
  | "jira"
  | "cloneUrl"
  | "label"
  | "rules"
  | "mostOpen"
  | "maker"
  | "login"
  | "createdBy"
>;

type NewIssue = Pick<
  StoredIssue,
  "number" | "title" | "url" | "body" | "author" | "askedBy" | "asked" | "tree" | "branch" | "seen"
>;

/** A change that no issue asked for: its tree has ended, and waits to be delivered. */
type NewChange = Pick<StoredIssue, "title" | "body" | "askedBy" | "tree" | "branch"> & {
  cycle: string;
  cycleId: number;
};

/** What a look has learned of the forge. */
interface Looked {
  login: string | null;
  etags: Record<string, string>;
  commentsSinceMs: number;
  nextAtMs: number;
  trouble: string | null;
  failures: number;
}

type IssueChange = Partial<
  Pick<
    StoredIssue,
    | "state"
    | "why"
    | "asked"
    | "askedBy"
    | "tree"
    | "snapshot"
    | "head"
    | "base"
    | "measured"
    | "pull"
    | "pullUrl"
    | "rounds"
    | "seen"
    | "words"
  >
>;

interface MergedQuery {
  sinceMs: number;
  readBeforeMs: number;
  watchedMs: number;
  limit: number;
}

/** What continues a tree: what each of its parts has seen with it, by folder; null: the issue with one repository. */
type SeenByPart = ReadonlyMap<StoredIssue["part"], string[]>;

export interface Forges extends Pick<Pulls, "pulls" | "beginPull"> {
  links(): StoredLink[];
  link(project: string): StoredLink | null;
  /**
   * Links the project, or changes its link, which begins anew and is not paused; its issues stay. Reads the old link (null:
   * there is none) and writes the new one in one transaction. Resolves with it, or with null when there is no such project.
   */
  setLink(project: string, work: (before: StoredLink | null) => NewLink): Promise<StoredLink | null>;
  unlink(project: string): Promise<boolean>;
  /**
   * Pauses it. `by` null: Banyan does, and `why` says why. Resolves with false when it is paused already; a person may
   * take over a pause of Banyan's.
   */
  pause(linkId: number, by: string | null, why: string | null): Promise<boolean>;
  resume(linkId: number, maker: Actor): Promise<boolean>;
  /** Makes it due at this moment. */
  makeDue(linkId: number, ms: number): Promise<void>;
  /** Returns links that Banyan has paused, or whose last looks failed; the newest first. */
  stuck(limit: number): StoredLink[];
  countStuck(): number;
  /** Returns the links that are due. */
  due(nowMs: number): StoredLink[];
  /** Returns the ids of links with an issue whose tree has ended and waits to be delivered. */
  ended(): number[];
  /** Stores what a look has learned. A delivery that came during the look keeps it due. */
  looked(link: StoredLink, looked: Looked): Promise<void>;
  /** Returns the issues of a project, the newest first: all that are not settled, and so many of the others. */
  issues(projectId: number, limit: number): StoredIssue[];
  countIssues(projectId: number): number;
  /** Returns the newest issue of the project, also when it is no longer linked. */
  newestIssue(project: string): StoredIssue | null;
  /** Returns those that are not settled, oldest first. */
  unsettled(projectId: number): StoredIssue[];
  /** Returns those that failed last and whose pull request in a further repository was open, the newest first. */
  failedBeside(projectId: number, limit: number): StoredIssue[];
  /**
   * Returns merged ones that nobody took back as far as is known: merged since a time, and whose base was last read before
   * another one, and not since `watchedMs` after the merge. Those read longest ago come first.
   */
  merged(projectId: number, query: MergedQuery): StoredIssue[];
  /** Keeps that the base of a merged one was read now, and when somebody took it back; null: nobody did. */
  readTakenBack(issueId: number, takenBackAtMs: number | null): Promise<void>;
  issue(projectId: number, number: number): StoredIssue | null;
  /** Returns the issue whose pull request has this number. */
  issueOfPull(projectId: number, number: number): StoredIssue | null;
  ofTree(tree: string): { project: string; issue: StoredIssue } | null;
  /** Claims an issue for a tree. Resolves with null when it was claimed already. */
  claim(projectId: number, issue: NewIssue): Promise<StoredIssue | null>;
  /** Hands over the change of a cycle, to be delivered like that of an issue. A second time has no effect. */
  handOver(projectId: number, change: NewChange): Promise<void>;
  /** Returns how the change of a cycle goes, or null. */
  ofCycle(cycle: string): StoredIssue | null;
  /** Changes it, unless its state is no longer the expected one; resolves with whether it did. */
  change(issue: Pick<StoredIssue, "id" | "state" | "part">, change: IssueChange): Promise<boolean>;
  /** The same of the issue as a whole, with what its parts have seen, in one write. */
  changeWithParts(
    issue: Pick<StoredIssue, "id" | "state">,
    change: Omit<IssueChange, "seen">,
    seen: SeenByPart,
  ): Promise<boolean>;
  hasComment(issueId: number, key: string): boolean;
  commented(issueId: number, key: string): Promise<void>;
}

/** Failed looks after which a link needs a person: a forge that is away for minutes does not. */
const STUCK_AFTER = 3;

interface LinkRow extends Omit<StoredLink, "maker" | "etags" | "jira"> {
  maker: string;
  jira: string | null;
  etags: string;
}

type IssueRow = Omit<StoredIssue, "seen" | "words" | "measured" | "part"> & {
  seen: string;
  words: string | null;
  measured: string | null;
};

export function createForges(sqlite: Sqlite, log: Pick<Writes, "write">): Forges {
  const run = forgeStatements(sqlite);
  const links = (rows: unknown[]) => (rows as LinkRow[]).map(linkOf);
  const issues = (rows: unknown[]) => (rows as IssueRow[]).map(issueOf);
  const one = (row: unknown) => issues([row].filter(Boolean))[0] ?? null;
  const pulls = createPulls(sqlite, log);
  const link = (project: string) => links([run.link.get(project)].filter(Boolean))[0] ?? null;
  return {
    pulls: pulls.pulls,
    beginPull: pulls.beginPull,
    links: () => links(run.links.all()),
    link,
    setLink: (project, work) =>
      log.write(({ nowMs }) => {
        const { maker, jira, ...fields } = work(link(project));
        const texts = { maker: JSON.stringify(maker), jira: jira && JSON.stringify(jira) };
        run.setLink.run({ ...fields, ...texts, project, nowMs });
        return link(project);
      }),
    unlink: (project) => log.write(() => run.unlink.run(project).changes > 0),
    pause: (id, by, why) => log.write(({ nowMs }) => run.pause.run({ id, by, why, nowMs }).changes > 0),
    resume: (id, maker) =>
      log.write(({ nowMs }) => run.resume.run({ id, maker: JSON.stringify(maker), nowMs }).changes > 0),
    makeDue: (id, ms) => log.write(() => void run.makeDue.run({ id, ms })),
    stuck: (limit) => links(run.stuck.all({ failures: STUCK_AFTER, limit })),
    countStuck: () => run.countStuck.get({ failures: STUCK_AFTER }) as number,
    due: (nowMs) => links(run.due.all({ nowMs })),
    ended: () => run.ended.all() as number[],
    looked: ({ id, nextAtMs: expectedMs }, { etags, ...looked }) =>
      log.write(({ nowMs }) => void run.looked.run({ ...looked, id, expectedMs, etags: JSON.stringify(etags), nowMs })),
    issues: (projectId, limit) => issues(run.issues.all({ projectId, limit })),
    countIssues: (projectId) => run.countIssues.get({ projectId }) as number,
    newestIssue: (project) => one(run.newestIssue.get(project)),
    unsettled: (projectId) => issues(run.unsettled.all(projectId)),
    failedBeside: (projectId, limit) => issues(run.failedBeside.all({ projectId, limit })),
    merged: (projectId, query) => issues(run.merged.all({ ...query, projectId })),
    readTakenBack: (id, takenBackAtMs) =>
      log.write(({ nowMs }) => void run.takenBack.run({ id, takenBackAtMs, nowMs })),
    issue: (projectId, number) => one(run.issue.get({ projectId, number })),
    issueOfPull: (projectId, number) => one(run.issueOfPull.get({ projectId, number })),
    ofTree(tree) {
      const row = run.ofTree.get(tree) as (IssueRow & { project: string }) | undefined;
      if (row === undefined) return null;
      const { project, ...issue } = row;
      return { project, issue: issueOf(issue) };
    },
    claim: (projectId, issue) =>
      log.write(({ nowMs }) => {
        const texts = { seen: JSON.stringify(issue.seen), state: "claimed", cycle: null };
        return one(run.claim.get({ ...issue, ...texts, projectId, nowMs }));
      }),
    handOver: (projectId, { cycleId, ...change }) =>
      log.write(({ nowMs }) => {
        // Its number is no issue's of any forge.
        const given = { ...change, number: -cycleId, url: "", author: "", asked: null, seen: "[]", state: "working" };
        run.claim.get({ ...given, projectId, nowMs });
      }),
    ofCycle: (cycle) => one(run.ofCycle.get(cycle)),
    change: ({ part, ...issue }, change) =>
      part === null
        ? log.write(({ nowMs }) => changed(run, issue, change, nowMs))
        : pulls.changePull(issue.id, { folder: part, state: issue.state }, change),
    changeWithParts: (issue, change, seen) =>
      log.write(({ nowMs }) => {
        const own = seen.get(null);
        if (!changed(run, issue, { ...change, ...(own && { seen: own }) }, nowMs)) return false;
        for (const [folder, ids] of seen) if (folder !== null) pulls.setSeen(issue.id, folder, ids);
        return true;
      }),
    hasComment: (issueId, key) => run.hasComment.get(issueId, key) !== undefined,
    commented: (issueId, key) => log.write(({ nowMs }) => void run.commented.run(issueId, key, nowMs)),
  };
}

function changed(
  run: ReturnType<typeof forgeStatements>,
  { id, state }: Pick<StoredIssue, "id" | "state">,
  { seen, words, measured, ...change }: IssueChange,
  nowMs: number,
): boolean {
  const before = run.byId.get(id) as IssueRow | undefined;
  if (before === undefined || before.state !== state) return false;
  const texts = {
    ...(seen && { seen: JSON.stringify(seen) }),
    ...(words !== undefined && { words: words && JSON.stringify(words) }),
    ...(measured !== undefined && { measured: measured && JSON.stringify(measured) }),
  };
  return run.change.run({ ...before, ...change, ...texts, nowMs }).changes > 0;
}

function linkOf({ maker, etags, jira, ...row }: LinkRow): StoredLink {
  return {
    ...row,
    jira: jira === null ? null : (JSON.parse(jira) as JiraProject),
    maker: JSON.parse(maker) as StoredLink["maker"],
    etags: JSON.parse(etags) as StoredLink["etags"],
  };
}

function issueOf({ seen, words, measured, ...row }: IssueRow): StoredIssue {
  return {
    ...row,
    measured: measured === null ? null : (JSON.parse(measured) as Measured),
    seen: JSON.parse(seen) as string[],
    words: words === null ? null : (JSON.parse(words) as StoredIssue["words"]),
    part: null,
  };
}
