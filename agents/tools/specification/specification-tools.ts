/** The tools of a goal that makes a service: the host's check of the specification, and making the service of it. */
import { z } from "zod";
import { type ToolContext, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { answering } from "@/agents/tools/files/workspace-tool";
import { MOST } from "@/core/specification/limits";
import { WorkspaceError } from "@/lib/workspace/path";
import { checkedSpecification } from "./check";
import { changeSpecified, makeSpecified } from "./make";
import type { SpecificationSources } from "./sources";

const service = {
  name: z.string().describe("The name of the service."),
  blueprint: z.string().describe("What it is made like: a name, or the folder of a person's own blueprint."),
  parts: z.array(z.string()).describe("Its parts, such as sqlite."),
  variables: z.record(z.string(), z.union([z.string(), z.number()])).describe("Variables of the blueprint."),
};
const decided = {
  answers: z
    .record(z.string(), z.string().max(MOST.text))
    .describe("What a person answered, by the id of the question."),
  source: z.string().describe("The text that the specification began with, which the host writes into it."),
};

const change = {
  name: z.string().describe("The name of the service."),
  blueprint_folder: z.string().optional().describe("The folder of the person's own blueprint that made it."),
};

/** Another agent could make a repository of files that nobody checked. */
function requireProgram({ model = "" }: ToolContext): void {
  if (model !== "goal") throw new WorkspaceError("Only the program of a goal calls this tool.");
}

const MAKE_MS = 10 * 60_000;

export const specificationTools = (sources: SpecificationSources): WorldTool[] => [
  worldTool({
    name: "check_specification",
    description:
      "Checks the specification in the folder: its form, that every id is known, and that requirements, operations and checks belong together. Returns every fault, and the open questions.",
    input: z.object({
      stage: z.enum(["draft", "final"]).describe("draft: questions are open; final: they are answered."),
      ...decided,
      begun: z
        .string()
        .optional()
        .describe("The snapshot of the files before anybody wrote the specification; absent: there were none."),
      service: z.object(service).optional().describe("The service that is to be made of it."),
      service_change: z.object(change).optional().describe("The service that is there, in place of one that is made."),
    }),
    level: "write",
    afterCrash: "repeat",
    timeoutMs: () => MAKE_MS,
    run: (given, context) =>
      answering(async () => {
        requireProgram(context);
        return JSON.stringify(await checkedSpecification(sources, given, context));
      }),
  }) as WorldTool,
  worldTool({
    name: "make_service",
    description:
      "Makes the service of the specification in the folder: all files by its blueprint, and a repository with one commit. Refuses a specification that is not consistent.",
    input: z.object({ ...service, ...decided }),
    level: "write",
    afterCrash: "repeat",
    timeoutMs: () => MAKE_MS,
    run: (given, context) =>
      answering(async () => {
        requireProgram(context);
        return JSON.stringify(await makeSpecified(sources, given, context));
      }),
  }) as WorldTool,
  worldTool({
    name: "change_service",
    description:
      "Makes the service in the folder again of its changed specification, and keeps what people changed in its files. Refuses a specification that is not consistent, or as it was.",
    input: z.object({ service_change: z.object(change).describe("The service."), ...decided }),
    level: "write",
    afterCrash: "repeat",
    timeoutMs: () => MAKE_MS,
    run: (given, context) =>
      answering(async () => {
        requireProgram(context);
        return JSON.stringify(await changeSpecified(sources, given, context));
      }),
  }) as WorldTool,
];
