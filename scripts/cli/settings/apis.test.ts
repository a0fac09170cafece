/** Commands on web APIs and capabilities, run as processes. */
import { expect, test } from "vitest";
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
    const exported = await call(["tools", "export"]);
    expect(exported.stderr).toContain("pets is left out: it is a web API");
    expect(await call(["apis", "add", "-"], "hello")).toMatchObject({ status: expect.any(Number), stdout: "" });
    expect(await call(["capabilities", "--kind", "nothing"])).toMatchObject({ status: 2 });
  },
  LONG_MS,
);
