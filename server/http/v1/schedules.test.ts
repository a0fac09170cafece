import { afterAll, beforeAll, expect, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { type Actor, ownerCalled } from "@/core/rules/roles";
import type { ScheduleWithRuns } from "@/core/shapes/schedules";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { handleApi } from "./handle";

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial({ work: false });
});
afterAll(() => trial.close());

function ask(line: string, body?: unknown, actor: Actor = ownerCalled("anna")) {
  const [method = "", address = ""] = line.split(" ");
  const url = new URL(address, "http://localhost/");
  const path = url.pathname.split("/").filter(Boolean);
  return handleApi(guarded(trial.runtime.application, actor), { method, path, query: url.searchParams, body });
}

const SUBMISSION = { task: "Tidy up", agent: "worker" };

test("a schedule is created, read, changed, paused, resumed, started and removed", async () => {
  const made = await ask("POST schedules", { cron: "0 9 * * 1-5", zone: "UTC", submission: SUBMISSION });
  expect(made).toMatchObject({
    status: 201,
    body: { sentence: expect.stringMatching(/^Added the schedule “Tidy up”/) },
  });
  const { id } = made.body as { id: string };
  const read = async () => (await ask(`GET schedules/${id}`)).body as ScheduleWithRuns;
  expect(await read()).toMatchObject({ words: "At 09:00, Monday through Friday", overlap: "skip", made_by: "anna" });
  expect((await ask(`POST schedules/${id}/change`, { cron: "@daily", overlap: "beside" })).status).toBe(200);
  expect((await ask(`POST schedules/${id}/pause`)).status).toBe(200);
  expect(await read()).toMatchObject({ cron: "@daily", overlap: "beside", paused: { by: "anna" }, next: [] });
  expect((await ask(`POST schedules/${id}/resume`)).status).toBe(200);
  const ran = await ask(`POST schedules/${id}/run`);
  expect(ran.status).toBe(201);
  const { tree } = ran.body as { tree: string };
  expect((await ask(`GET trees/${tree}`)).body).toMatchObject({ schedule: { id, name: "Tidy up", cause: "person" } });
  expect((await read()).runs).toMatchObject([{ cause: "person", by: "anna", tree: { id: tree } }]);
  expect((await ask(`DELETE schedules/${id}`)).status).toBe(200);
  expect(await ask("GET schedules")).toMatchObject({ body: { items: [], next: null } });
});

test("a schedule holds a goal, and each of its trees pursues it", async () => {
  const goal = {
    validation_command: "npm test",
    criteria: [{ statement: "It adds", command: "true" }],
    max_iterations: 7,
  };
  const submission = { task: "Make the tests pass", model: "anthropic/claude-sonnet-4-5", goal };
  const made = await ask("POST schedules", { cron: "@daily", zone: "UTC", submission });
  expect(made.status).toBe(201);
  const { id } = made.body as { id: string };
  expect((await ask(`GET schedules/${id}`)).body).toMatchObject({ submission });
  const { tree } = (await ask(`POST schedules/${id}/run`)).body as { tree: string };
  expect((await ask(`GET trees/${tree}`)).body).toMatchObject({
    goal: { validation_command: "npm test", iterations_max: 7, criteria: [{ statement: "It adds", command: "true" }] },
  });
  const withAgent = { ...submission, agent: "worker" };
  expect(await ask("POST schedules", { cron: "@daily", zone: "UTC", submission: withAgent })).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining("executor") },
  });
});

test("errors name the field, and a viewer may only look", async () => {
  const wrong = [
    [{ submission: SUBMISSION }, '"cron" is missing'],
    [{ cron: "@daily" }, '"submission"'],
    [{ cron: "@daily", submission: { ...SUBMISSION, taks: "x" } }, '"taks"'],
    [{ cron: "@daily", submission: SUBMISSION, overlap: "queue" }, "must be skip or beside"],
    [{ cron: "0 25 * * *", submission: SUBMISSION }, "The hour “25” is not valid"],
  ] as const;
  for (const [body, words] of wrong)
    expect(await ask("POST schedules", body)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(words) },
    });
  expect(await ask("GET schedule-times?cron=30+2+*+*+*&zone=Mars")).toMatchObject({
    body: { status: 400, refusal: { code: "wrong_time", field: "zone" } },
  });
  const times = await ask("GET schedule-times?cron=30+2+*+*+*&zone=Europe/Berlin");
  expect(times).toMatchObject({ status: 200, body: { words: "At 02:30", zone: "Europe/Berlin" } });
  const viewer: Actor = { id: "user:v", name: "vera@example.org", role: "viewer" };
  expect((await ask("GET schedules", undefined, viewer)).status).toBe(200);
  expect((await ask("POST schedules", { cron: "@daily", submission: SUBMISSION }, viewer)).status).toBe(403);
});
