/** The first run of a server without a launcher: the page shows the command to type, and what was lost of the time. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect as expectSoon, signIn, startRealServer, test, watchProblems } from "./real-server";

const expect = expectSoon.configure({ timeout: 120_000 });

test("the sample survives a server that is killed and started again by hand", async ({ page, folder }) => {
  const server = await startRealServer(join(folder, "data"));
  const problems = watchProblems(page);
  try {
    await signIn(page, server);
    const sample = page.getByRole("region", { name: "Run the sample", exact: true });
    await sample.getByRole("button", { name: "Run the sample" }).click();
    await expect(sample.getByText("How many books may one search look at? The slowest looks at 600.")).toBeVisible();
    await expect(
      sample.getByText("Press Ctrl+C in its terminal, or run npx banyan serve --stop. Then run npm start."),
    ).toBeVisible();
    await server.kill();
    await expect(sample.getByText("The server is stopped. Nothing is lost.")).toBeVisible();
    const whileAway = problems.splice(0);
    expect(whileAway.filter((problem) => !/Failed to load resource|ERR_CONNECTION|WebSocket/.test(problem))).toEqual(
      [],
    );
    await server.startAgain();
    await expect(sample.getByRole("button", { name: "60 books" })).toBeEnabled();
    problems.splice(0);
    await sample.getByRole("button", { name: "60 books" }).click();

    const result = sample.getByRole("article", { name: "Result of the sample" });
    await expect(result).toContainText("1 claim failed at first and was repaired");
    await expect(result).toContainText(/Stopped from .* to .*\. “Is the bookshop fast enough\?” went on with Step /);
    await expect(result).toContainText(/Each of \d+ calls has one result\./);
  } finally {
    await server.stop();
  }
  expect(problems).toEqual([]);
});

test("a server that is killed while commands run makes them again, because the sample says that it may", async ({
  page,
  folder,
}) => {
  const server = await startRealServer(join(folder, "data"));
  try {
    await signIn(page, server);
    const sample = page.getByRole("region", { name: "Run the sample", exact: true });
    await sample.getByRole("button", { name: "Run the sample" }).click();
    await expect.poll(isMeasuring, { intervals: [20] }).toBe(true);
    await server.kill();
    await server.startAgain();
    await sample.getByRole("button", { name: "60 books" }).click();
    const result = sample.getByRole("article", { name: "Result of the sample" });
    await expect(result).toContainText("Yes, after one index");
    await expect(result).toContainText(/Each of \d+ calls has one result\./);
  } finally {
    await server.stop();
  }
});

/** Whether a command of the sample runs now. */
function isMeasuring(): boolean {
  return readdirSync("/proc").some((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes("measure.sh\0title");
    } catch {
      return false;
    }
  });
}
