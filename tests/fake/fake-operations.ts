/** Operations data of the fake server: the figures of a busy day, and the parked tasks of its trees. */
import { type ListedAudit, type Queries, UserError } from "@/agents/application";
import { isEnded } from "@/core/log/terms";
import type { Backup, HistoryPoint, ProviderState, ServerStart } from "@/core/shapes/operations";
import type { FakeOperations } from "./fake-operator";
import type { FakeStore } from "./fake-store";

type OperationsQueries = Pick<
  Queries,
  | "getHistory"
  | "listProviders"
  | "listWorkers"
  | "listStarts"
  | "listGateRuns"
  | "getGateRun"
  | "listBackups"
  | "findOldTrees"
  | "listArchives"
  | "getArchive"
  | "getRetention"
  | "previewRetention"
  | "listAudit"
  | "verifyAudit"
>;

const HOUR_MS = 3_600_000;
const STEP_MS: Record<number, number> = { 1: 60_000, 24: 600_000, 168: HOUR_MS };
const DISK_BYTES = 64 * 1024 ** 3;

export function fakeOperations(store: FakeStore): { queries: OperationsQueries; operations: FakeOperations } {
  const backups: Backup[] = [backup(20, 412), backup(44, 398), { ...backup(70, 371), kind: "replaced" }];
  const find = (name: string): Backup => {
    const found = backups.find((backup) => backup.name === name);
    if (!found) throw new UserError("not_found", `There is no backup “${name}”. Choose a backup from the list.`);
    return found;
  };
  return {
    queries: {
      getHistory: async ({ hours = 1 } = {}) => {
        const step = STEP_MS[hours];
        if (!step) throw new UserError("invalid", `"hours" must be 1, 24 or 168.`);
        return {
          hours: hours as 1,
          step_seconds: step / 1_000,
          points: pointsOf(hours, step),
          slots: 4,
          memory_bytes: 4 * 1024 ** 3,
          over_since: { cpu: null, memory: null, disk: ago(0.7) },
          disk_full_in_hours: 9,
        };
      },
      listProviders: async () => providersOf(store),
      listWorkers: async () => workersOf(store),
      listStarts: async () => STARTS,
      listGateRuns: async () => [],
      getGateRun: async () => {
        throw new UserError("not_found", "The fake server has no runs of the gates.");
      },
      listBackups: async () => ({
        folder: "/srv/banyan/data/backups",
        items: [...backups],
        database_bytes: 431 * 1024 ** 2,
        free_bytes: 0.09 * DISK_BYTES,
        running: null,
        last: null,
        last_success: backups[0]?.created_at ?? null,
        schedule: {
          every_seconds: 86_400,
          keep: 7,
          next_at: ago(-4),
          every_setting: null,
          keep_setting: null,
        },
        bucket: {
          address: "s3.eu-central-1.amazonaws.com/acme-backups/banyan/",
          copy: backups[0] ? { name: backups[0].name, size_bytes: backups[0].size_bytes, at: ago(20) } : null,
          proof: backups[0] ? { name: backups[0].name, at: ago(20), trees: 41, messages: 18_204 } : null,
          failure: null,
          is_busy: false,
        },
      }),
      listArchives: async () => [],
      async getArchive() {
        throw new UserError("unavailable", "The fake server has no files.");
      },
      getRetention: async () => ({
        settings: { days: null, max_mb: null, keep_goals: true, archive: null, fixed_by: [] },
        next_at: null,
        running: null,
        last: null,
        space: [],
        free_bytes: 0.09 * DISK_BYTES,
      }),
      previewRetention: async () => ({
        settings: { days: null, max_mb: null, keep_goals: true, archive: null },
        items: [],
        kept: [],
        size_bytes: 0,
        more: false,
      }),
      findOldTrees: async ({ days }) => {
        const items = [...store.trees.values()]
          .filter((tree) => isEnded(tree.status))
          .map(({ id, title }) => ({ id, title, ended_at: ago(days * 24 + 5), size_bytes: 3.1 * 1024 ** 3 }));
        const size_bytes = items.reduce((sum, item) => sum + item.size_bytes, 0);
        return { days, items, size_bytes, pinned: 0, more: false };
      },
      async listAudit({ after = "1000", limit = 100, actor, action, subject } = {}) {
        const all = AUDIT.filter(
          (row) =>
            (!actor || row.actor === actor) &&
            (!action || row.action === action) &&
            (!subject || row.subject === subject),
        );
        const rest = all.filter((row) => row.id < Number(after));
        const items = rest.slice(0, limit);
        return { items, next: rest.length > limit ? String(items.at(-1)?.id) : null };
      },
      verifyAudit: async () => {
        return {
          ok: true,
          rows: AUDIT.length,
          head: { id: AUDIT.length, hash: "9f2c61".padEnd(64, "0") },
          faults: [],
          anchor: "/home/banyan/.config/banyan/audit-anchor-6c1f.jsonl",
        };
      },
    },
    operations: {
      setRetention: async () => ({ sentence: "Retention is off." }),
      cleanNow: async () => ({ sentence: "Removed 0 trees, about 0 B.", removed: 0, size_bytes: 0 }),
      pinTree: async () => ({ sentence: "Pinned." }),
      unpinTree: async () => ({ sentence: "Unpinned." }),
      async deleteOldTree({ id }) {
        store.trees.delete(store.findTree(id).id);
        return { sentence: "Deleted." };
      },
      async createBackup() {
        const made = backup(0, 431);
        backups.unshift(made);
        const { name, size_bytes } = made;
        return { sentence: `Created the backup ${name}.`, name, file: `/srv/banyan/data/backups/${name}`, size_bytes };
      },
      copyBackup: async () => {
        const { name, size_bytes } = backups[0] ?? backup(0, 431);
        return { sentence: `The backup ${name} is in the bucket.`, name, size_bytes, trees: 41, messages: 18_204 };
      },
      setBackupSchedule: async () => ({ sentence: "Scheduled backups are off." }),
      openBackup: async ({ id }) => {
        find(id);
        throw new UserError("unavailable", "The fake server has no files.");
      },
      async deleteBackup({ id }) {
        backups.splice(backups.indexOf(find(id)), 1);
        return { sentence: `Deleted the backup ${id}.` };
      },
    },
  };
}

function ago(hours: number): string {
  return new Date(Date.now() - hours * HOUR_MS).toISOString();
}

function backup(hours: number, megabytes: number): Backup {
  const created = ago(hours);
  const name = `banyan-${created.replaceAll(/[:.]/g, "-")}.db`;
  return { name, size_bytes: megabytes * 1024 ** 2, created_at: created, kind: "backup" };
}

/** Returns wave-shaped history, so that screenshots are always the same. A restart leaves a gap. */
function pointsOf(hours: number, stepMs: number): HistoryPoint[] {
  const length = (hours * HOUR_MS) / stepMs;
  const last = Math.floor(Date.now() / stepMs);
  const wave = (at: number, period: number) => Math.sin((at * 2 * Math.PI) / period);
  return Array.from({ length }, (_, at) => {
    const point = { at: new Date((last - length + 1 + at) * stepMs).toISOString() };
    if (at > length * 0.3 && at < length * 0.36) return { ...point, ...NOTHING };
    return {
      ...point,
      cpu_percent: Math.round(38 + 9 * wave(at, 5) + 6 * wave(at, 13)),
      memory_percent: Math.round(28 + (6 * at) / length),
      disk_percent: Math.round(86 + (5 * at) / length),
      slots_used: at < length * 0.1 ? 2 : 4 - Number(wave(at, 19) < -0.6),
      queued: Math.max(0, Math.round(3 + 3 * wave(at, 23))),
      tokens_hour: Math.round(360_000 + 60_000 * wave(at, 31) + 12_000 * wave(at, 4)),
      cost_usd_hour: 5.4 + 0.9 * wave(at, 31) + 0.2 * wave(at, 4),
      commits_minute: Math.round(120 + 40 * wave(at, 9)),
    };
  });
}

const NOTHING = {
  cpu_percent: null,
  memory_percent: null,
  disk_percent: null,
  slots_used: null,
  queued: null,
  tokens_hour: null,
  cost_usd_hour: null,
  commits_minute: null,
};

function providersOf(store: FakeStore): ProviderState[] {
  const quiet = {
    reason: null,
    answers_ms: null,
    last_at: null,
    parked_until: null,
    parked_by: null,
    parked_tasks: [],
    parked_tasks_total: 0,
    parked_trees_total: 0,
    trees: 0,
  };
  const parked = [...store.tasks.values()].filter(
    ({ status, model }) => status === "parked" && model.startsWith("openai/"),
  );
  const [first] = parked;
  return [
    { ...quiet, name: "anthropic", state: "answers", answers_ms: 1_100, last_at: ago(0.01), trees: 2 },
    {
      ...quiet,
      name: "openai",
      state: first ? "parked" : "ready",
      reason: first?.reason_detail ?? null,
      parked_until: first?.parked_until ?? null,
      parked_tasks: parked.map(({ id, tree_id, model }) => {
        return { id, tree_id, tree_title: store.findTree(tree_id).title, model };
      }),
      parked_tasks_total: parked.length,
      parked_trees_total: new Set(parked.map(({ tree_id }) => tree_id)).size,
      trees: first ? 1 : 0,
    },
    { ...quiet, name: "ollama", state: "no_key", reason: "OLLAMA_BASE_URL is not set." },
    { ...quiet, name: "runbook", state: "ready" },
  ];
}

async function workersOf(store: FakeStore) {
  const running = [...store.tasks.values()].filter((task) => task.status === "running");
  const tasks = running.slice(0, 5).map(({ id, tree_id, title }) => ({ id, tree_id, title }));
  const seen = { role: "all", host: "here", address: "http://127.0.0.1:3000", since: ago(31) } as const;
  return [
    {
      ...seen,
      id: 1,
      pid: 4_121,
      last_sign: ago(0),
      state: "alive" as const,
      leads: true,
      leases: running.length,
      tasks,
    },
    {
      ...seen,
      id: 2,
      pid: 4_388,
      role: "worker" as const,
      address: null,
      last_sign: ago(0.01),
      state: "dead" as const,
      leads: false,
      leases: 0,
      tasks: [],
    },
  ];
}

const start = (
  hours: number,
  end: ServerStart["end"],
  ended_by: string | null,
  lasted: number | null,
): ServerStart => ({
  role: "all",
  pid: 4_121 + hours,
  version: "0.1.0",
  commit: "f605e3cb",
  release: null,
  started_at: ago(hours),
  ended_at: lasted === null ? null : ago(hours - lasted),
  end,
  ended_by,
});
const STARTS = [
  start(31, null, null, null),
  start(33, "crashed", null, 2),
  start(80, "asked", "Mara Lind", 46),
  start(120, "signal", "SIGTERM", 40),
];

const ACTIONS = ["pause", "decide", "submitTree", "setSecret", "stop", "addRule"];

const AUDIT: ListedAudit[] = Array.from({ length: 260 }, (_, index) => ({
  id: 260 - index,
  at: ago(index / 4),
  actor: index % 3 === 0 ? "Mara Lind" : "Jonas Weber",
  action: ACTIONS[index % ACTIONS.length] ?? "pause",
  subject: index === 2 ? '=HYPERLINK("http://example.org")' : `t${String(index).padStart(6, "0")}`,
  tree: index % 2 === 0 ? "t000001" : "",
  detail: JSON.stringify({ outcome: index % 7 === 0 ? "refused" : "done" }),
}));
