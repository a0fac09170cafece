import { createServer } from "node:http";
import { expect, test } from "vitest";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";

buildPrograms();

test("a webhook is added with its secret shown once, tested, listed, changed and removed; errors are one sentence", async () => {
  const data = dataFolder();
  const receiver = createServer((request, response) => request.resume().on("end", () => response.writeHead(204).end()));
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const address = receiver.address();
  const host = `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const env = { BANYAN_PRIVATE_HOSTS: host, XDG_CONFIG_HOME: dataFolder() };
  const call = (...args: string[]) => banyan(["webhooks", ...args, "--data", data], { env });
  try {
    const added = await call("add", `http://${host}/hook`, "--events", "needs_you,tree_failed");
    expect([added.status, added.stdout]).toEqual([0, expect.stringMatching(/not shown again\.\nwhsec_\S+\n$/)]);
    const listed = await call("list", "--json");
    const { items } = JSON.parse(listed.stdout) as { items: { id: string; events: string[] }[] };
    expect(items).toMatchObject([{ url: `http://${host}/hook`, events: ["needs_you", "tree_failed"], deliveries: [] }]);
    expect(listed.stdout).not.toContain("whsec_");
    expect((await call()).stdout).toContain("Nothing sent yet.");
    const id = items[0]?.id ?? "";
    expect((await call("test", id)).stdout).toBe("The test message was taken: HTTP 204.\n");
    expect((await call()).stdout).toContain("Last: test, delivered (HTTP 204)");
    expect((await call("change", id, "--url", `http://${host}/new`, "--events", "tree_ended")).stdout).toContain(
      "Changed",
    );
    expect((await call()).stdout).toContain(`${id}  http://${host}/new  tree_ended\n`);
    const rotated = await call("rotate", id);
    expect(rotated.stdout).toMatch(/not shown again\.\nwhsec_\S+\n$/);
    expect(rotated.stdout).not.toContain(added.stdout.split("\n")[1]);
    expect((await call("remove", id)).stdout).toContain("Removed the webhook.");
    for (const [args, words] of [
      [["add"], "Say where to send"],
      [["add", "http://10.0.0.1/x"], "BANYAN_PRIVATE_HOSTS"],
      [["add", `http://${host}/x`, "--events", "sunrise"], "use needs_you, tree_ended, tree_failed"],
      [["remove", "nobody"], "There is no webhook nobody."],
      [["sing"], "use list, add URL, change ID, rotate ID, remove ID or test ID"],
      [["change", "x"], "Say what to change"],
    ] as const) {
      const { status, stderr } = await call(...args);
      expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
      expect(stderr).toContain(words);
    }
  } finally {
    receiver.close();
  }
});
