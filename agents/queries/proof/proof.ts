/**
 * Gathers the proof of an ended tree, or of one of its tasks. It contains only recorded facts: what was not recorded is
 * null or absent.
 */
import { type Queries, UserError } from "@/agents/application";
import type { Security } from "@/agents/configuration/security";
import type { ClaimMark, EndStatus } from "@/core/log/terms";
import { isEnded } from "@/core/log/terms";
import { outcomeOf } from "@/core/rules/outcome";
import type { CorrectedClaim, Proof, ProofClaim, ProofDecision, ProofWords } from "@/core/shapes/proof";
import type { Task, Tree } from "@/core/shapes/shapes";
import { countStatuses, countsOfTree } from "@/core/words/counts";
import { money } from "@/core/words/figures";
import type { DecisionRow, ProofEntry } from "@/db/queries/proof";
import type { Store } from "@/db/store";
import { cleaned } from "./clean";
import { type ProofFileSources, proofFiles } from "./files";

const MOST = { asked: 20, claims: 60, corrected: 40, files: 300, decisions: 200, spend: 50 };

interface ProofSources extends ProofFileSources {
  store: Store;
  security: Pick<Security, "redactor">;
  ids: { tree(prefix: string): string; treeOrTask(prefix: string): { kind: "tree" | "task"; uid: string } };
  version: string;
  now(): number;
}

export function createProofQueries(
  sources: ProofSources,
  queries: () => Pick<Queries, "getTree">,
): Pick<Queries, "getProof" | "listSharedProofs"> {
  return {
    async getProof(id) {
      const { kind, uid } = sources.ids.treeOrTask(id);
      const treeUid = kind === "tree" ? uid : sources.store.queries.trees.findTask(uid).treeUid;
      const tree = await queries().getTree(treeUid, { tasks: "whole" });
      return gather(sources, tree, kind === "tree" ? null : uid);
    },
    listSharedProofs: async (id) => sources.store.sharedProofs.ofTree(sources.ids.tree(id), sources.now()),
  };
}

async function gather(sources: ProofSources, tree: Tree, taskUid: string | null): Promise<Proof> {
  const { store, now } = sources;
  const headId = taskUid ?? tree.root_task_id;
  const head = tree.tasks.find(({ id }) => id === headId);
  if (!head) throw new UserError("not_found", `There is no task ${headId}.`);
  const { status, ended_at: endedAt } = taskUid === null ? tree : head;
  if (!isEnded(status) || endedAt === null)
    throw new UserError("conflict", `The ${taskUid === null ? "tree" : "task"} has not ended: a proof is of a result.`);
  const branch = new Set(store.queries.proof.branchOf(headId));
  const tasks = tree.tasks.filter(({ id }) => branch.has(id));
  const entries = store.queries.proof.entriesOf(headId);
  const spend = store.queries.proof.spendOf(headId);
  const of = { tree, head, tasks, entries };
  const whole = {
    asked: askedIn(of),
    claims: claimsIn(of),
    corrected: correctedIn(of),
    decisions: decisionsIn(of, store.queries.proof.decisionsOf(headId)),
    spend,
  };
  const files = await proofFiles(sources, tree.id, taskUid);
  const sum = (field: "tokens_in" | "tokens_out" | "cost_usd") => spend.reduce((all, row) => all + row[field], 0);
  const proof: Proof = {
    tree_id: tree.id,
    task_id: taskUid,
    ...(tree.from_archive && { from_archive: true }),
    title: taskUid === null ? tree.title : head.title,
    status: status as EndStatus,
    reason: head.reason,
    reason_detail: head.reason_detail,
    result: head.result,
    headline: head.result === null ? null : outcomeOf(head.result),
    counts:
      taskUid === null ? tree.counts : countsOfTree(countStatuses(workOf(tasks).map((task) => task.status)), status),
    started_by: tree.created_by,
    created_at: head.created_at,
    ended_at: endedAt,
    asked: first(whole.asked, MOST.asked),
    claims: first(whole.claims, MOST.claims),
    corrected: first(whole.corrected, MOST.corrected),
    files: { ...files, items: first(files.items, MOST.files) },
    decisions: first(whole.decisions, MOST.decisions),
    spend: first(spend, MOST.spend),
    total: { tokens_in: sum("tokens_in"), tokens_out: sum("tokens_out"), cost_usd: sum("cost_usd") },
    cap: capOf(taskUid === null ? tree.grant : head.grant),
    // The journal is of this installation, and an archive comes from another one.
    versions: tree.from_archive ? [] : versionsDuring(store, head.created_at, endedAt),
    made_with: sources.version,
    made_at: new Date(now()).toISOString(),
    left_out: {
      asked: beyond(whole.asked, MOST.asked),
      claims: beyond(whole.claims, MOST.claims),
      corrected: beyond(whole.corrected, MOST.corrected),
      files: beyond(files.items, MOST.files),
      decisions: beyond(whole.decisions, MOST.decisions),
      spend: beyond(spend, MOST.spend),
    },
  };
  return cleaned(proof, sources.security.redactor.redact);
}

const first = <Item>(list: readonly Item[], most: number): Item[] => list.slice(0, most);
const beyond = (list: readonly unknown[], most: number): number => Math.max(0, list.length - most);
const iso = (ms: number): string => new Date(ms).toISOString();
const workOf = (tasks: readonly Task[]): Task[] => tasks.filter(({ role }) => role === "work");
const capOf = ({ cost_usd, tokens }: Task["grant"]): Proof["cap"] => ({ cost_usd, tokens });

interface Gathered {
  tree: Tree;
  head: Task;
  tasks: readonly Task[];
  entries: readonly ProofEntry[];
}

function askedIn({ tree, head, entries }: Gathered): ProofWords[] {
  const parent = tree.tasks.find(({ id }) => id === head.parent_id);
  return entries.flatMap(({ taskUid, atMs, entry }): ProofWords[] => {
    const at = iso(atMs);
    if (entry.kind === "instruction" && taskUid === head.id)
      return [{ kind: "task", text: entry.content.instruction, by: parent?.agent ?? tree.created_by, at }];
    if (entry.kind === "steer") return [{ kind: "message", ...entry.content, at }];
    if (entry.kind === "event" && entry.content.type === "retried" && entry.content.words !== undefined)
      return [{ kind: "continued", text: entry.content.words, by: entry.content.by, at }];
    return [];
  });
}

interface Check {
  atMs: number;
  marks: ClaimMark[];
  wentOn: boolean;
  /** The runner on which the commands ran; undefined: on the server's machine. */
  runner: string | undefined;
}

/** Returns the checks of a task's claims, and which of them is of its result. */
function checksOf({ entries }: Gathered, task: Task): { all: Check[]; ofResult: Check | undefined } {
  // Logs from before checks named the runner of their tree have only the places of the tree.
  let placed: string | undefined;
  const all = entries.flatMap(({ taskUid, atMs, wentOn, entry }): Check[] => {
    if (entry.kind !== "event") return [];
    if (entry.content.type === "placed") placed = entry.content.runner;
    if (taskUid !== task.id || entry.content.type !== "claims_checked") return [];
    const { marks, runner = placed } = entry.content;
    return [{ atMs, wentOn, marks, runner }];
  });
  const last = all.at(-1);
  // A task that ended while its result was judged has no verdict. After an earlier attempt the files may have changed.
  const isOfResult = task.verdict ? task.verdict.claims.length > 0 : last?.wentOn === false;
  return { all, ofResult: isOfResult ? last : undefined };
}

function claimsIn(of: Gathered): ProofClaim[] {
  const { tasks } = of;
  return workOf(tasks).flatMap((task) => {
    const check = checksOf(of, task).ofResult;
    const judge = tasks.findLast(
      (child) => child.parent_id === task.id && child.role === "finishing" && child.agent === JUDGE,
    );
    return (task.verdict?.claims ?? check?.marks ?? []).map((mark) => {
      const wasRun = mark.exit_status !== null || (mark.command !== undefined && mark.output !== null);
      return {
        ...mark,
        task: task.title,
        agent: task.agent,
        at: wasRun && check ? iso(check.atMs) : null,
        ...(wasRun && check?.runner !== undefined && { runner: check.runner }),
        judged_by: mark.mark === "judged" && judge ? { agent: judge.agent, model: judge.model } : null,
      };
    });
  });
}

const JUDGE = "task_evaluator";

/** Claims that a check did not show, other than that of the result. */
function correctedIn(of: Gathered): CorrectedClaim[] {
  return workOf(of.tasks).flatMap((task) => {
    const { all, ofResult } = checksOf(of, task);
    return all
      .filter((check) => check !== ofResult)
      .flatMap(({ atMs, marks }) =>
        marks
          .filter(({ mark }) => mark === "failed")
          .map(({ statement, command = null, exit_status }) => ({ statement, command, exit_status, at: iso(atMs) })),
      );
  });
}

function decisionsIn({ entries }: Gathered, decided: readonly DecisionRow[]): ProofDecision[] {
  const grants = entries.flatMap(({ atMs, entry }): ProofDecision[] => {
    if (entry.kind !== "event" || entry.content.type !== "granted") return [];
    const { by, tokens, microUsd, seconds } = entry.content;
    const parts = [
      ...(microUsd ? [money(microUsd / 1_000_000)] : []),
      ...(tokens ? [`${tokens} tokens`] : []),
      ...(seconds ? [`${seconds} s`] : []),
    ];
    const title = parts.length > 0 ? parts.join(", ") : "an amount that was not recorded";
    return [{ kind: "grant", outcome: "granted", title, tool: null, answer: null, by, rule: null, at: iso(atMs) }];
  });
  return [...decided.map(decisionOf), ...grants].sort((a, b) => (a.at < b.at ? -1 : 1));
}

function decisionOf({ ruleId, ruleWhy, atMs, ...decided }: DecisionRow): ProofDecision {
  const rule = ruleId === null ? null : (ruleWhy ?? "a rule that is no longer kept");
  return { ...decided, rule, at: iso(atMs) };
}

/** Returns the versions of the servers that worked in that time; none when the journal does not reach back so far. */
function versionsDuring(store: Store, from: string, until: string): Proof["versions"] {
  const [fromMs, untilMs] = [Date.parse(from), Date.parse(until)];
  const worked = store.starts
    .list()
    .filter(
      ({ role, startedAtMs, end }) => role !== "web" && startedAtMs <= untilMs && (end?.atMs ?? untilMs) >= fromMs,
    );
  const named = new Map(worked.reverse().map(({ version, commit }) => [`${version} ${commit}`, { version, commit }]));
  return [...named.values()];
}
