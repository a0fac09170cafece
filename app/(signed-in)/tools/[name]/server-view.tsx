"use client";

import { useState } from "react";
import { Hint } from "@/components/ui/hint";
import { Button, Say } from "@/components/ui/parts";
import { AddAgent } from "../agents/add-agent";
import { AddApi } from "../apis/add-api";
import { EditServer } from "./edit-server";
import { RemoveServer } from "./remove-server";
import { ServerCodeView } from "./server-code";
import { ServerFacts } from "./server-facts";
import type { ServerViewProps } from "./server-tools";
import { ServerTools } from "./server-tools";
import { TestConnection } from "./test-connection";

/** A server: its state, its actions, its tools and its configuration. */
export function ServerView({ tool, agents, may, locked }: ServerViewProps) {
  const [isEditing, setEditing] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const { server } = tool;
  return (
    <>
      <ServerState tool={tool} />
      <TestConnection
        name={tool.name}
        heldBack={tool.held_back !== null}
        may={may.test}
        isAside={isEditing}
        others={
          <>
            {may.change && (server.entry || server.api || server.agent) && !isEditing ? (
              <Button onClick={() => setEditing(true)}>Edit</Button>
            ) : null}
            {may.remove ? (
              <Button look="danger" onClick={() => setRemoving(true)}>
                Remove…
              </Button>
            ) : null}
          </>
        }
      />
      {may.test ? null : <Hint>Reviewers test servers; admins add and edit them. Ask one of them.</Hint>}
      {isEditing && server.entry ? (
        <EditServer name={tool.name} version={tool.version} entry={server.entry} onClose={() => setEditing(false)} />
      ) : null}
      {isEditing && server.api ? (
        <AddApi
          known={{ ...server.api, name: tool.name, version: tool.version, base_url: server.start }}
          onClose={() => setEditing(false)}
        />
      ) : null}
      {isEditing && server.agent ? (
        <AddAgent
          known={{ ...server.agent, name: tool.name, version: tool.version, url: server.start }}
          onClose={() => setEditing(false)}
        />
      ) : null}
      {isRemoving ? (
        <RemoveServer
          name={tool.name}
          tools={server.tools.length}
          agents={agents}
          secrets={server.secrets.length}
          onClosed={() => setRemoving(false)}
        />
      ) : null}
      <ServerTools tool={tool} locked={locked} />
      {server.code ? <ServerCodeView code={server.code} /> : null}
      <ServerFacts server={server} maySecrets={may.secrets} />
    </>
  );
}

function ServerState({ tool }: Pick<ServerViewProps, "tool">) {
  if (tool.held_back !== null)
    return (
      <Say look="you">
        <b>Held back:</b> {tool.held_back} Agents cannot call its tools until somebody reviews and accepts the changes.
      </Say>
    );
  if (!tool.available)
    return (
      <Say look="bad">
        <b>Off:</b> {tool.unavailable_reason ?? "it does not answer."}
      </Say>
    );
  const { tools, scope, api, agent } = tool.server;
  if (api)
    return (
      <p className="text-ink-2">
        {tools.length === 1 ? "1 operation" : `${tools.length} operations`} of {api.title}.
      </p>
    );
  if (agent)
    return (
      <p className="wrap-anywhere text-ink-2">
        {tools.length === 1 ? "1 skill" : `${tools.length} skills`} of {agent.title}; at most{" "}
        {agent.calls_per_minute === 1 ? "1 call" : `${agent.calls_per_minute} calls`} a minute.
      </p>
    );
  return (
    <p className="text-ink-2">
      {tools.length === 1 ? "1 tool" : `${tools.length} tools`};{" "}
      {scope === "shared" ? "all trees share one process" : "each tree starts its own process"}.
    </p>
  );
}
