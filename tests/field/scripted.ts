/** The models of cases: which case a request belongs to, and what it is answered. */
import type { ProviderScript, Reply, ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { parsed } from "@/tests/served/release";
import type { Model } from "./case";

/** What an agent read after a call. */
interface Result {
  tool: string;
  text: string;
  is_error: boolean;
  /** The text as JSON; null when it is none. */
  json: unknown;
}

/** A task of a case while it is played. */
export interface Play {
  model: Model;
  agent: string;
  results: Result[];
  /** How many requests of the submitted task arrived. */
  requests: number;
  /** Turns that were answered. */
  answered: number;
}

/** The mark in an instruction that tells whose task it is; `id` names the play. */
export function markOf(id: string): string {
  return `CASE=${id}.`;
}

/** Answers requests by the play that their text names. An agent that no play scripts ends at once. */
export function scriptOf(plays: ReadonlyMap<string, Play>): ProviderScript {
  return (request) => {
    const id = /CASE=([\w/-]+)\./.exec(request.rawBody)?.[1];
    const play = id === undefined ? undefined : plays.get(id);
    if (!play) return atOnce(request);
    if (request.agent !== play.agent)
      return replyOf(play.model.agents[request.agent]?.[request.turn]) ?? atOnce(request);
    return ownReply(play, request);
  };
}

function ownReply(play: Play, request: ScriptedRequest): Reply {
  const { raw, refuse, turns, whole } = play.model;
  play.requests += 1;
  if (refuse) {
    const isRefused =
      refuse.over_chars === undefined
        ? play.requests <= (refuse.times ?? 1)
        : request.rawBody.length > refuse.over_chars;
    if (isRefused) return { fault: { type: "status", status: refuse.status, message: refuse.message } };
  }
  if (request.attempt === 0)
    for (const result of request.lastToolResults) {
      const json = parsed(result.content);
      const text = result.content;
      play.results.push({ tool: result.toolName, text, is_error: result.isError, json: json === text ? null : json });
    }
  if (raw && request.turn === 0) return { raw };
  const at = play.answered;
  play.answered += 1;
  return { ...(replyOf(turns[at]) ?? endTask("done")), ...(whole && { isWhole: true }) };
}

function replyOf(turn: Model["turns"][number] | undefined): Reply | undefined {
  if (!turn) return undefined;
  return { calls: turn.flatMap(({ tool, input }) => call(tool, input).calls ?? []) };
}

function atOnce(request: ScriptedRequest): Reply {
  return request.agent === "task_evaluator" ? passed() : endTask("done");
}
