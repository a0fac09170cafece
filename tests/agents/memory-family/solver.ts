/**
 * A stand-in for a language model that repairs repositories of the family. It tries ways in a random order from a seed,
 * one each round, and none twice. It does not read the error: only a way that a quoted lesson names comes first. So its
 * rounds depend only on the lessons that it is shown.
 */
import { goalModel } from "@/core/goals/pursue";
import { iterationModel } from "@/core/goals/rounds/round";
import type { ModelPort, ModelReply, ModelRequest } from "@/core/log/model";
import { createRandom } from "../simulation/random";
import { KINDS, NOVEL_KINDS } from "./kinds";
import { type Repository, shuffled } from "./repository";

export interface Solver {
  models: ModelPort;
  /** Begins with another repository. The seed decides in which order it tries the ways. */
  begin(repository: Repository, seed: number): void;
  /** Returns a planner's answer to this text, and the way that the answer names. */
  planned(messages: ModelRequest["messages"]): { plan: string; way: string };
}

interface Work {
  repository: Repository;
  order: readonly string[];
  tried: Set<string>;
}

export function createSolver(): Solver {
  let work: Work | null = null;
  const begun = (): Work => {
    if (work === null) throw new Error("The solver has no repository.");
    return work;
  };
  return {
    models: {
      async respond(request, options) {
        if (request.model === "goal") return goalModel.respond(request, options);
        if (request.model === "iteration") return iterationModel.respond(request, options);
        return answer(request, begun());
      },
    },
    begin(repository, seed) {
      work = { repository, order: shuffled(repository.ways, createRandom(seed).next), tried: new Set() };
    },
    planned: (messages) => planned({ messages }, begun()),
  };
}

function answer(request: ModelRequest, work: Work): ModelReply {
  const agent = /^Agent: (\S+)$/m.exec(request.system)?.[1] ?? "";
  const turn = request.messages.filter(({ role }) => role === "assistant").length;
  if (agent === "goal_planner") return end(planOf(request, work), turn);
  if (agent === "goal_strategist") return end(strategyOf(work), turn);
  if (turn > 0) return end("Done.", turn);
  const way = /^Way: (.+)$/m.exec(firstText(request))?.[1] ?? next(request, work);
  const { path, mended } = work.repository;
  return reply("write_file", { path, content: mended(way) }, turn);
}

type Told = Pick<ModelRequest, "messages">;

function planOf(told: Told, work: Work): string {
  const { plan, way } = planned(told, work);
  return JSON.stringify({ plan, steps: [{ title: way, instruction: `${plan}.\nWay: ${way}` }] });
}

function planned(told: Told, work: Work): { plan: string; way: string } {
  const way = next(told, work);
  return { plan: `${way}, in ${work.repository.path}`, way };
}

/** Returns the way that is tried now. A model would read in the goal's record which ways were tried. */
function next(told: Told, { repository, order, tried }: Work): string {
  const named = namedIn(told).filter((way) => repository.ways.includes(way));
  const way = [...named, ...order].find((untried) => !tried.has(untried)) ?? (order[0] as string);
  tried.add(way);
  return way;
}

const ALL_WAYS = [...KINDS, ...NOVEL_KINDS].map(({ way }) => way);

/** Returns the ways that lessons name, in the order of the lessons. */
export function namedIn({ messages }: Told): string[] {
  const quoted = messages.flatMap((message) => {
    if (message.role !== "user" || !message.content.includes("What helped in other tasks")) return [];
    return message.content.split("\n").filter((line) => line.startsWith("> "));
  });
  return quoted.flatMap((line) => ALL_WAYS.filter((way) => line.includes(way)));
}

/** A strategy counts only if its words are new. */
function strategyOf({ tried }: Work): string {
  const words = Array.from({ length: 20 }, (_, at) => ((tried.size + 1) * 104_729 + at * 7_919).toString(36));
  return JSON.stringify({ strategy: words.join(" ").replace(/\d/g, "z") });
}

function firstText({ messages }: ModelRequest): string {
  const [first] = messages;
  return first?.role === "user" ? first.content : "";
}

function end(result: string, turn: number): ModelReply {
  return reply("end_task", { status: "success", result }, turn);
}

function reply(name: string, input: object, turn: number): ModelReply {
  const id = `call_${turn}`;
  return {
    parts: [{ type: "call", id }],
    calls: [{ id, name, input }],
    // The executor uses the most tokens, so that no rounds become lean.
    usage: {
      inputTokens: name === "write_file" ? 2_000 : 100,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: 10,
    },
    stopReason: "tool_calls",
  };
}
