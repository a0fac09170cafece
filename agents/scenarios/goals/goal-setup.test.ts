/** The setup of a goal, in the real sandbox: hosts that an admin allows, and what it downloads. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startHttp } from "@/lib/mcp/testing/http-server";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";
import { ROUNDS } from "@/tests/agents/specifying/script";
import { startTrial } from "@/tests/agents/trial";

test("a setup that is refused a host asks for it, and gets on when an admin has allowed it", async () => {
  const asked: string[] = [];
  const server = await startHttp((request, _body, response) => {
    asked.push(request.url ?? "");
    response.writeHead(200).end("packages");
  });
  onTestFinished(() => server.stop());
  const { host } = new URL(server.origin);
  const trial = await startTrial({ script: agentScript({}), env: { BANYAN_PRIVATE_HOSTS: host } });
  onTestFinished(() => trial.close());
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({
    task: "Have the packages",
    workspace: mkdtempSync(join(tmpdir(), "banyan-goal-")),
    goal: {
      setup_command: `curl --silent --show-error --fail ${server.origin}/packages > packages`,
      validation_command: "grep packages packages",
      // Whoever creates everything installs too.
      scope: ["**/*"],
    },
  });
  const open = async () => (await queries.listReviews({ open: true, treeId: id })).items;
  await expect.poll(open, { timeout: 60_000 }).toHaveLength(1);
  const [first] = await open();
  expect(first?.detail).toContain(`Nobody has allowed ${host}: an admin does it under “Allowed hosts”`);
  expect(first?.detail).toContain(`npx banyan policy --allow ${host}`);
  expect(asked).toEqual([]);
  await commands.setPolicy({ add_hosts: [host] }, tester);
  await commands.answer({ id: first?.id ?? "", text: "Check again" }, tester);
  const tree = await trial.ended(id, 60_000);
  expect([tree.status, asked.length > 0]).toEqual(["succeeded", true]);
  expect(trial.faults).toEqual([]);
});

test("a setup may leave more in its home than fits into memory, and the commands after it find it", async () => {
  const home = "$HOME/downloads";
  const trial = await startTrial({
    script: agentScript({
      ...ROUNDS,
      coder: ({ turn }) => (turn === 0 ? call("write_file", { path: "done", content: "yes" }) : endTask("Done.")),
    }),
  });
  onTestFinished(() => trial.close());
  const { id } = await trial.submit({
    task: "Have the packages",
    workspace: mkdtempSync(join(tmpdir(), "banyan-goal-")),
    goal: {
      // A file may have 100 MB.
      setup_command: `mkdir -p ${home} && for n in 1 2; do head -c 90000000 /dev/zero > ${home}/$n; done`,
      // It fails before the work, so its pass is looked at in another folder, under another account, with another home.
      validation_command: `grep yes done && test -s ${home}/2`,
      scope: ["**/*"],
    },
  });
  const tree = await trial.ended(id, 120_000);
  const goal = await trial.runtime.application.queries.getGoal(id);
  expect([tree.status, goal?.rounds.map(({ score, doubts }) => [score, doubts])]).toEqual(["succeeded", [[1, []]]]);
});
