/** Prepares once what writing a record needs: statements, and the writers of other rooms. */
import { createAuditWriter } from "@/db/audit/audit";
import { createProposalWriter } from "@/db/configuration/proposals";
import { createToolStateWriter } from "@/db/configuration/tool-states";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { createLookWriter } from "@/db/improvement/looks";
import { createActivity } from "@/db/records/activity";
import { createAttachmentWriter } from "@/db/records/attachments";
import { createDailySpend } from "@/db/records/daily-spend";
import { createGrants } from "@/db/records/grants";
import { createMail } from "@/db/records/mail";
import { createMessageWriter } from "@/db/records/messages";
import { createOutputWriter } from "@/db/records/outputs";
import { recordStatements } from "@/db/records/statements";
import { createInterventionWriter } from "@/db/reviews/interventions";
import { createReviewWriter } from "@/db/reviews/reviews";
import type { DailyCaps } from "@/lib/env/daily-caps";

/** Marks a task's row as changed, for watchers; `seq` also reports a new message. */
export type Touch = (tree: { id: number; uid: string }, taskUid: string | null, seq?: number) => void;

export type RecordContext = ReturnType<typeof recordContext>;

export function recordContext(sqlite: Sqlite, dailyCaps: DailyCaps, glance: Writes["glance"]) {
  return {
    run: recordStatements(sqlite),
    messages: createMessageWriter(sqlite),
    mail: createMail(sqlite),
    grants: createGrants(sqlite),
    daily: createDailySpend(sqlite, dailyCaps, glance),
    activity: createActivity(sqlite),
    reviews: createReviewWriter(sqlite),
    interventions: createInterventionWriter(sqlite),
    audit: createAuditWriter(sqlite),
    outputs: createOutputWriter(sqlite),
    attachments: createAttachmentWriter(sqlite),
    toolStates: createToolStateWriter(sqlite),
    proposals: createProposalWriter(sqlite),
    looks: createLookWriter(sqlite),
  };
}
