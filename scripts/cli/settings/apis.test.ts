/** Commands on web APIs, outside agents and capabilities, run as processes. */
import { expect, onTestFinished, test } from "vitest";
import { startAgent } from "@/lib/a2a/testing/agent";
import { PETS_YAML } from "@/lib/openapi/testing/pets";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";

const LONG_MS = 180_000;
buildPrograms();

test(
  "an API is shown, added from a document on standard input, found by a need, and left out of a file of servers",
  async () => {
    const data = dataFolder();
    const env = { XDG_CONFIG_HOME: dataFolder() };
    const call = (args: string[], stdin?: string) =>
      banyan([...args, "--data", data], { env, ...(stdin && { stdin }) });
    await call(["seed"]);
    const shown = await call(["apis", "show", "-"], PETS_YAML);
    expect(shown.stdout).toMatch(/^Pets 1\.2\nbase URLs: https:\/\/eu\.pets\.example\/v1\nGET \/pets +listPets/);
    const added = await call(
      ["apis", "add", "-", "--auth", "bearer", "--operations", "GET /pets,POST /pets"],
      PETS_YAML,
    );
    expect(added).toMatchObject({ status: 0 });
    expect(added.stdout).toMatch(
      /✓ pets is added; agents can use 2 operations of it\.\n {2}2 tools: pets__addPet, pets__listPets/,
    );
    expect(added.stdout).toContain("banyan secrets set mcp/pets/auth");
    const asked = await call(["capabilities", "list the pets", "--json"]);
    const found = JSON.parse(asked.stdout) as { items: { name: string }[] };
    expect(found.items[0]?.name).toBe("pets__listPets");
    const agents = await call(["capabilities", "--kind", "agent"]);
    expect(agents.stdout).toMatch(/^agent +coder +not used yet/m);
    const commands = await call(["capabilities", "--kind", "command"]);
    expect(commands.stdout).toMatch(/^command +git +\d+\.\d+/m);
    expect(commands.stdout).not.toContain("!");
    const exported = await call(["tools", "export"]);
    expect(exported.stderr).toContain("pets is left out: it is a web API");
    expect(await call(["apis", "add", "-"], "hello")).toMatchObject({ status: expect.any(Number), stdout: "" });
    expect(await call(["capabilities", "--kind", "nothing"])).toMatchObject({ status: 2 });
  },
  LONG_MS,
);

test(
  "the card of an outside agent is shown, the agent is added with chosen skills, held back when it changes, and removed",
  async () => {
    const agent = await startAgent();
    onTestFinished(() => agent.stop());
    const data = dataFolder();
    const env = { XDG_CONFIG_HOME: dataFolder(), BANYAN_PRIVATE_HOSTS: agent.host };
    const call = (...args: string[]) => banyan([...args, "--data", data], { env });
    await call("seed");
    const shown = await call("outside-agents", "show", agent.origin);
    expect(shown.stdout).toMatch(
      /^Scanners Inc\. 1\.0\.0\nScans\.\ncard: .*\nmessages go to: .*\/a2a\nsigned by: nobody\nscan /,
    );
    expect(shown.stdout).toContain("! Its card is not signed: only its address shows whose it is.");
    const refused = await call("outside-agents", "add", agent.origin);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("choose at least one of its card's")]);
    const flags = ["--name", "acme", "--skills", "scan", "--calls-per-minute", "5", "--auth", "bearer"];
    const added = await call("outside-agents", "add", agent.origin, ...flags);
    expect(added.stdout).toMatch(/✓ acme is added; agents can use 1 skill of it\.\n {2}1 tool: acme__scan\n/);
    expect(added.stdout).toContain("banyan secrets set mcp/acme/auth");
    const { stdout } = await call("tools", "show", "acme", "--json");
    expect(JSON.parse(stdout).server.agent).toMatchObject({ skills: ["scan"], calls_per_minute: 5, auth: "bearer" });
    expect((await call("tools", "export")).stderr).toContain("acme is left out: it is an outside agent");
    agent.now.card = { ...(agent.now.card as object), version: "2.0.0" };
    const tested = await call("tools", "test", "acme");
    expect(tested).toMatchObject({ status: 1, stdout: expect.stringContaining("its card is changed") });
    const [, listing = ""] = /--accept ([0-9a-f]{64})$/m.exec(tested.stdout) ?? [];
    expect(await call("tools", "test", "acme", "--accept", listing)).toMatchObject({ status: 0 });
    expect((await call("tools", "remove", "acme")).stdout).toContain("Removed the server acme.");
    expect(await call("outside-agents", "show")).toMatchObject({ status: 2 });
  },
  LONG_MS,
);
