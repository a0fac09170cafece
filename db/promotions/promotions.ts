/** Stores the targets of projects, and the promotions to them. */
import {
  type Promotion,
  type PromotionState,
  SETTLED,
  type Target,
  type WaitingPromotion,
} from "@/core/shapes/environments/promotions";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";

export type StoredTarget = Omit<Target, "commit" | "perhaps" | "since"> & { id: number; project: string };

export type StoredPromotion = Omit<Promotion, "id" | "asked_by" | "decided_by" | "created_at" | "changed_at"> & {
  uid: string;
  targetId: number;
  askedBy: string;
  decidedBy: string | null;
  createdAtMs: number;
  changedAtMs: number;
};

type NewPromotion = Pick<StoredPromotion, "uid" | "targetId" | "kind" | "branch" | "commit" | "askedBy">;

export interface Promotions {
  targets(project: string): StoredTarget[];
  /**
   * Sets the commands of a target. Resolves with false when there is no such project, and while a promotion goes to the
   * target: a person approves what these commands are. On the way back they may be mended.
   */
  setTarget(project: string, target: Omit<StoredTarget, "id" | "project">): Promise<boolean>;
  /** Removes it, with its promotions. Resolves with false while one goes on, or when it is not there. */
  removeTarget(id: number): Promise<boolean>;
  get(uid: string): StoredPromotion | null;
  /** Returns at most two ids that begin so. */
  like(prefix: string): string[];
  /** Returns the promotions of a project, the newest first: all that are not settled, and so many of the others. */
  of(project: string, limit: number): StoredPromotion[];
  countOf(project: string): number;
  /** Returns those that are not settled, oldest first. */
  going(): StoredPromotion[];
  /** Returns those of all projects that wait for an approval, the newest first. */
  waiting(limit: number): WaitingPromotion[];
  countWaiting(): number;
  /** Returns what a target has, as far as Banyan knows; null: nothing of Banyan's. */
  current(targetId: number): CurrentVersion | null;
  /** Begins one. Resolves with false while another goes on at the target. */
  begin(promotion: NewPromotion): Promise<boolean>;
  /**
   * Changes it, unless its state is no longer the expected one. Resolves with whether it was. `mayChange` is asked in the
   * transaction: a worker may have stood still while another one took over.
   */
  set(
    promotion: Pick<StoredPromotion, "uid" | "state">,
    to: { state: PromotionState } & Partial<
      Pick<StoredPromotion, "why" | "commit" | "former" | "plan" | "contract" | "infrastructure" | "decidedBy">
    >,
    mayChange?: () => boolean,
  ): Promise<boolean>;
}

interface CurrentVersion {
  /** null: it is unknown, because a promotion failed after its approval and the former version did not come back. */
  commit: string | null;
  /** Then the commit that it may have. */
  perhaps: string | null;
  /** What `rollback` brings: the last other commit, or the one before what it may have; null: nothing of Banyan's. */
  former: string | null;
  atMs: number;
}

type TargetRow = Omit<StoredTarget, "secrets" | "plan_secrets" | "hosts"> & {
  secrets: string;
  plan_secrets: string;
  hosts: string;
};

type PromotionRow = Omit<StoredPromotion, "contract" | "infrastructure"> & {
  contract: string | null;
  infrastructure: string | null;
};

function stored({ contract, infrastructure, ...row }: PromotionRow): StoredPromotion {
  const parsed = <Value>(text: string | null) => (text === null ? null : (JSON.parse(text) as Value));
  return { ...row, contract: parsed(contract), infrastructure: parsed(infrastructure) };
}

export function createPromotions(sqlite: Sqlite, log: Pick<Writes, "write">): Promotions {
  const run = statements(sqlite);
  return {
    targets: (project) =>
      (run.targets.all(project) as TargetRow[]).map(({ secrets, plan_secrets, hosts, ...row }) => ({
        ...row,
        secrets: JSON.parse(secrets) as Record<string, string>,
        plan_secrets: JSON.parse(plan_secrets) as Record<string, string>,
        hosts: JSON.parse(hosts) as string[],
      })),
    setTarget: (project, { secrets, plan_secrets, hosts, ...target }) =>
      log.write(() => {
        const texts = {
          secrets: JSON.stringify(secrets),
          planSecrets: JSON.stringify(plan_secrets),
          hosts: JSON.stringify(hosts),
        };
        return run.setTarget.run({ ...target, ...texts, project }).changes > 0;
      }),
    removeTarget: (id) => log.write(() => run.removeTarget.run({ id }).changes > 0),
    get: (uid) => {
      const row = run.get.get(uid) as PromotionRow | undefined;
      return row ? stored(row) : null;
    },
    like: (prefix) => run.like.all({ prefix }) as string[],
    of: (project, limit) => (run.of.all({ project, limit }) as PromotionRow[]).map(stored),
    countOf: (project) => run.countOf.get(project) as number,
    going: () => (run.going.all() as PromotionRow[]).map(stored),
    waiting: (limit) =>
      (run.waiting.all(limit) as (Omit<WaitingPromotion, "at"> & { atMs: number })[]).map(({ atMs, ...row }) => ({
        ...row,
        at: iso(atMs),
      })),
    countWaiting: () => run.countWaiting.get() as number,
    current: (targetId) => (run.current.get(targetId) as CurrentVersion | undefined) ?? null,
    begin: (promotion) => log.write(({ nowMs }) => run.begin.run({ ...promotion, nowMs }).changes > 0),
    set: ({ uid, state: from }, to, mayChange = () => true) =>
      log.write(({ nowMs }) => {
        const row = run.get.get(uid) as PromotionRow | undefined;
        if (row?.state !== from || !mayChange()) return false;
        const { why = null, commit = row.commit, former = row.former, plan = row.plan, decidedBy = row.decidedBy } = to;
        const contract = to.contract === undefined ? row.contract : JSON.stringify(to.contract);
        const infrastructure = to.infrastructure === undefined ? row.infrastructure : JSON.stringify(to.infrastructure);
        const isAsked = to.state === "asked" ? 1 : 0;
        const isDecided = to.decidedBy === undefined ? 0 : 1;
        const change = {
          uid,
          state: to.state,
          why,
          commit,
          former,
          plan,
          contract,
          infrastructure,
          decidedBy,
          isAsked,
          isDecided,
          nowMs,
        };
        run.set.run(change);
        return true;
      }),
  };
}

/** Of a row of `promotions`: it is not settled. */
export const GOING = `state NOT IN (${SETTLED.map((state) => `'${state}'`).join(", ")})`;
const COLUMNS = `promotion.uid, target_id AS targetId, project.name AS project, target.name AS target, kind,
  promotion.branch, commit_oid AS "commit", former_oid AS former, state, why, promotion.plan, contract, infrastructure,
  asked_by AS askedBy,
  decided_by AS decidedBy, promotion.created_at_ms AS createdAtMs, changed_at_ms AS changedAtMs`;
const FROM = `promotions promotion JOIN promotion_targets target ON target.id = promotion.target_id
  JOIN projects project ON project.id = target.project_id`;

function statements(sqlite: Sqlite) {
  return {
    targets: sqlite.prepare(`
      SELECT target.id, project.name AS project, target.name, plan_command AS plan, deploy_command AS deploy,
        smoke_command AS smoke, rollback_command AS rollback, secrets, plan_secrets, hosts
      FROM promotion_targets target JOIN projects project ON project.id = target.project_id
      WHERE project.name = ? ORDER BY target.id`),
    setTarget: sqlite.prepare(`
      INSERT INTO promotion_targets (project_id, name, plan_command, deploy_command, smoke_command, rollback_command,
        secrets, plan_secrets, hosts)
      SELECT id, @name, @plan, @deploy, @smoke, @rollback, @secrets, @planSecrets, @hosts FROM projects WHERE name = @project
      ON CONFLICT (project_id, name) DO UPDATE SET plan_command = @plan, deploy_command = @deploy,
        smoke_command = @smoke, rollback_command = @rollback, secrets = @secrets,
        plan_secrets = @planSecrets, hosts = @hosts
      WHERE NOT EXISTS (SELECT 1 FROM promotions
        WHERE target_id = promotion_targets.id AND state <> 'taking_back' AND ${GOING})`),
    removeTarget: sqlite.prepare(`
      DELETE FROM promotion_targets
      WHERE id = @id AND NOT EXISTS (SELECT 1 FROM promotions WHERE target_id = @id AND ${GOING})`),
    get: sqlite.prepare(`SELECT ${COLUMNS} FROM ${FROM} WHERE promotion.uid = ?`),
    of: sqlite.prepare(`
      SELECT ${COLUMNS} FROM ${FROM}
      WHERE project.name = @project AND (${GOING} OR promotion.id IN (
        SELECT promotion.id FROM ${FROM} WHERE project.name = @project AND NOT (${GOING})
        ORDER BY promotion.id DESC LIMIT @limit))
      ORDER BY promotion.id DESC`),
    countOf: sqlite.prepare(`SELECT count(*) FROM ${FROM} WHERE project.name = ?`).pluck(),
    going: sqlite.prepare(`SELECT ${COLUMNS} FROM ${FROM} WHERE ${GOING} ORDER BY promotion.id`),
    like: sqlite.prepare("SELECT uid FROM promotions WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2").pluck(),
    waiting: sqlite.prepare(`
      SELECT project.name AS project, promotion.uid AS promotion, target.name AS target, kind, commit_oid AS "commit",
        asked_by, changed_at_ms AS atMs
      FROM ${FROM} WHERE state = 'asked' ORDER BY changed_at_ms DESC, promotion.id DESC LIMIT ?`),
    countWaiting: sqlite.prepare("SELECT count(*) FROM promotions WHERE state = 'asked'").pluck(),
    current: sqlite.prepare(`
      WITH latest AS (
        SELECT state, target_id, former_oid, changed_at_ms, iif(state = 'taken_back', former_oid, commit_oid) AS has
        FROM promotions
        WHERE target_id = ? AND (state = 'done' OR (state = 'taken_back' AND former_oid IS NOT NULL)
          OR (state = 'failed' AND decided_by IS NOT NULL))
        ORDER BY id DESC LIMIT 1)
      SELECT iif(state = 'failed', NULL, has) AS "commit", iif(state = 'failed', has, NULL) AS perhaps,
        changed_at_ms AS atMs, iif(state = 'failed', former_oid, (
          SELECT other.commit_oid FROM promotions other
          WHERE other.target_id = latest.target_id AND other.state = 'done' AND other.commit_oid <> has
          ORDER BY other.id DESC LIMIT 1)) AS former
      FROM latest`),
    begin: sqlite.prepare(`
      INSERT INTO promotions (uid, target_id, kind, branch, commit_oid, state, asked_by, created_at_ms, changed_at_ms)
      SELECT @uid, @targetId, @kind, @branch, @commit, 'preparing', @askedBy, @nowMs, @nowMs
      WHERE NOT EXISTS (SELECT 1 FROM promotions WHERE target_id = @targetId AND ${GOING})`),
    set: sqlite.prepare(`
      UPDATE promotions SET state = @state, why = @why, commit_oid = @commit, former_oid = @former, plan = @plan,
        contract = @contract, infrastructure = @infrastructure, decided_by = @decidedBy, changed_at_ms = @nowMs,
        asked_at_ms = iif(@isAsked, @nowMs, asked_at_ms), decided_at_ms = iif(@isDecided, @nowMs, decided_at_ms)
      WHERE uid = @uid`),
  };
}
