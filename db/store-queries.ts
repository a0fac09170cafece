/** Reads for pages and commands, as one part of the store. */
import { createFigureQueries, type FigureQueries } from "./capabilities/figures";
import type { Client } from "./file/client";
import { createKpiFacts, type KpiFactReader } from "./kpis/kpi-facts";
import { createWayReader, type WayReader } from "./kpis/way-facts";
import type { Halts } from "./log/halt";
import { type ConversationReader, createConversationReader } from "./queries/conversation";
import { createDecidedQueries, type DecidedQueries } from "./queries/decided-items";
import { createEntryQueries, type EntryQueries } from "./queries/entries";
import { createFailedTaskQueries, type FailedTaskQueries } from "./queries/failed-tasks";
import { createFileQueries, type FileQueries } from "./queries/files";
import { createFindingQueries, type FindingQueries } from "./queries/finding";
import { createFolderQueries, type FolderQueries } from "./queries/folders";
import { createForkQueries, type ForkQueries } from "./queries/forks";
import { createGoalQueries, type GoalQueries } from "./queries/goals";
import { createMessageQueries, type MessageQueries } from "./queries/messages";
import { createModelUseQueries, type ModelUseQueries } from "./queries/model-use";
import { createOperationsQueries, type OperationsQueries } from "./queries/operations";
import { createProofQueries, type ProofQueries } from "./queries/proof";
import { createReviewQueries, type ReviewQueries } from "./queries/reviews";
import { createSetupQueries, type SetupQueries } from "./queries/setups";
import { createStatusQueries, type StatusQueries } from "./queries/status";
import { createTimelineQueries, type TimelineQueries } from "./queries/timeline";
import { createToolQueries, type ToolQueries } from "./queries/tools";
import { createTreeQueries, type TreeQueries } from "./queries/trees";
import { createUsageReader, type UsageReader } from "./queries/usage";

/** Reads for pages and commands. They write nothing. */
export interface StoreQueries {
  trees: TreeQueries;
  messages: MessageQueries;
  conversation: ConversationReader;
  files: FileQueries;
  modelUse: ModelUseQueries;
  failedTasks: FailedTaskQueries;
  folders: FolderQueries;
  finding: FindingQueries;
  forks: ForkQueries;
  reviews: ReviewQueries;
  decided: DecidedQueries;
  setups: SetupQueries;
  status: StatusQueries;
  entries: EntryQueries;
  operations: OperationsQueries;
  tools: ToolQueries;
  figures: FigureQueries;
  timeline: TimelineQueries;
  goals: GoalQueries;
  proof: ProofQueries;
  kpiFacts: KpiFactReader;
  wayFacts: WayReader;
  usage: UsageReader;
}

export function openQueries(client: Client, halts: Halts): StoreQueries {
  const timeline = createTimelineQueries(client.sqlite);
  return {
    trees: createTreeQueries(client.sqlite, halts.current),
    messages: createMessageQueries(client.sqlite),
    conversation: createConversationReader(client.sqlite, timeline),
    files: createFileQueries(client.sqlite),
    modelUse: createModelUseQueries(client.sqlite),
    failedTasks: createFailedTaskQueries(client.sqlite),
    folders: createFolderQueries(client.sqlite),
    finding: createFindingQueries(client.sqlite),
    forks: createForkQueries(client.sqlite),
    reviews: createReviewQueries(client.sqlite),
    decided: createDecidedQueries(client.sqlite),
    setups: createSetupQueries(client.sqlite),
    status: createStatusQueries(client),
    timeline,
    goals: createGoalQueries(client.sqlite, timeline),
    proof: createProofQueries(client.sqlite),
    kpiFacts: createKpiFacts(client.sqlite),
    wayFacts: createWayReader(client.sqlite),
    usage: createUsageReader(client.sqlite),
    entries: createEntryQueries(client.sqlite),
    operations: createOperationsQueries(client.sqlite),
    tools: createToolQueries(client.sqlite),
    figures: createFigureQueries(client.sqlite),
  };
}
