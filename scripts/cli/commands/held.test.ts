import { expect, test } from "vitest";
import type { Review } from "@/core/shapes/shapes";
import { banyan, buildPrograms, dataFolder, json, judged, onlyTree, scripted } from "@/scripts/testing/command-line";
import { agentScript, type Reply } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";

buildPrograms();

const document = {
  name: "release_rules",
  description: "How releases of this project are named and dated.",
  body: "Releases are named after trees.",
  why: "The task has to name a release.",
};
const tool = {
  name: "release_names",
  title: "Release names",
  description: "Lists the names of all releases of this project.",
  why: "No tool knows the names.",
  level: "read",
  package: { name: "release-names", version: "1.0.0" },
  probe: { tool: "list" },
};

interface Held {
  kind: Review["kind"];
  agent: string;
  asks: Reply;
  settle: (item: string) => string[];
}

const held: Record<string, Held> = {
  "a question": {
    kind: "question",
    agent: "worker",
    asks: call("ask", { question: "Which colour?" }),
    settle: (item) => ["answer", item, "blue"],
  },
  "an approval": {
    kind: "approval",
    agent: "worker",
    asks: call("use_terminal", { command: "curl http://127.0.0.1:9" }),
    settle: (item) => ["reject", item, "--reason", "Not now."],
  },
  "a proposed document": {
    kind: "proposal",
    agent: "context_addition",
    asks: call("propose_document", document),
    settle: (item) => ["approve", item],
  },
  "a proposed tool": {
    kind: "proposal",
    agent: "tool_addition",
    asks: call("propose_tool", tool),
    settle: (item) => ["reject", item, "--reason", "Not now."],
  },
};

test.each(Object.entries(held))(
  "run ends with 3 while %s holds the tree, and resume goes on after it",
  async (_, held) => {
    const data = dataFolder();
    const env = await scripted(agentScript({ ...judged, [held.agent]: [held.asks, endTask("done")] }));
    await banyan(["seed", "--data", data]);
    await banyan(["tools", "policy", "use_terminal", "ask", "--data", data]);
    const ran = await banyan(["run", "Do it", "--agent", held.agent, "--data", data], { env });
    expect(ran).toMatchObject({ status: 3 });
    const { items } = (await json(["reviews", "--open", "--data", data])) as { items: Review[] };
    const item = items[0]?.id.slice(0, 8) ?? "";
    expect(items.map(({ kind }) => kind)).toEqual([held.kind]);
    expect(ran.stderr).toContain("Waiting for you: ");
    expect(ran.stderr).toContain(`npx banyan ${held.kind === "question" ? "answer" : "approve"} ${item}`);
    const tree = await onlyTree(data);
    expect(tree.status).toBe("waiting");
    expect(await banyan(["resume", tree.id, "--data", data], { env })).toMatchObject({ status: 3 });

    const settled = await banyan([...held.settle(item), "--data", data], { env });
    expect(settled).toMatchObject({ status: 0, stderr: "" });
    expect(settled.stdout).toContain("No worker is running");
    expect(await banyan(["resume", tree.id, "--data", data], { env })).toMatchObject({ status: 0 });
  },
);
