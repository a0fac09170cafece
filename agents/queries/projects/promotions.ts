/** Queries for promotions. */
import type { Queries } from "@/agents/application";
import { projectCalled } from "@/agents/projects/find-project";
import { foldersOf } from "@/agents/promotions/sources";
import type { Promotion } from "@/core/shapes/environments/promotions";
import { iso } from "@/db/file/iso";
import type { StoredPromotion } from "@/db/promotions/promotions";
import type { Store } from "@/db/store";
import { readLogFile } from "@/lib/environments/log-file";
import { withoutSequences } from "@/lib/process/printed";

const MOST_SETTLED = 50;

export function createPromotionQueries({
  store: { promotions, projects },
  ids,
  dataDir,
}: {
  store: Pick<Store, "promotions" | "projects">;
  /** Returns the full id for a unique prefix, or throws UserError. */
  ids: { promotion(prefix: string): string };
  dataDir: string;
}): Pick<Queries, "listPromotions" | "getPromotionLog"> {
  return {
    async listPromotions(project) {
      projectCalled(projects, project);
      const targets = promotions.targets(project).map(({ id, project: _, ...target }) => {
        const current = promotions.current(id);
        const at = { commit: current?.commit ?? null, perhaps: current?.perhaps ?? null };
        return { ...target, ...at, since: current && iso(current.atMs) };
      });
      return {
        targets,
        promotions: promotions.of(project, MOST_SETTLED).map(promotionShape),
        promotions_total: promotions.countOf(project),
      };
    },
    async getPromotionLog(id, after = 0) {
      const { text, ...rest } = readLogFile(foldersOf(dataDir, ids.promotion(id)).log, after);
      return { text: withoutSequences(text), ...rest };
    },
  };
}

function promotionShape(promotion: StoredPromotion): Promotion {
  const { uid, targetId: _, askedBy, decidedBy, createdAtMs, changedAtMs, ...rest } = promotion;
  return {
    id: uid,
    ...rest,
    plan: rest.plan === null ? null : withoutSequences(rest.plan),
    asked_by: askedBy,
    decided_by: decidedBy,
    created_at: iso(createdAtMs),
    changed_at: iso(changedAtMs),
  };
}
