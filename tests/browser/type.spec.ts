/** The product's own fonts: they arrive from the server itself, and text is set as designed. */
import { agentScript } from "@/tests/agents/scripted-provider";
import { expect, test } from "./real-server";
import { openStage, type Stage } from "./stage";

let stage: Stage;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, agentScript({}));
});
test.afterAll(async () => {
  await stage?.close();
});

test("fonts come from the server, one file is preloaded, and no request leaves it", async () => {
  const { page, server } = stage;
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${server.url}/agents/worker`);
  await page.evaluate(() => document.fonts.ready);
  await expect
    .poll(() =>
      page.evaluate(() => [...document.fonts].filter((one) => one.status === "loaded").map((one) => one.family)),
    )
    .toEqual(expect.arrayContaining(["Inter Variable", "Inter Figures", "JetBrains Mono Variable"]));
  expect(asked.filter((url) => !url.startsWith("data:") && new URL(url).host !== new URL(server.url).host)).toEqual([]);
  const files = new Set(asked.filter((url) => url.endsWith(".woff2")));
  expect([...files].filter((url) => !/(inter|jetbrains-mono)-latin-wght-normal/.test(url))).toEqual([]);
  const preloaded = page.locator('link[rel="preload"][as="font"]');
  await expect(preloaded).toHaveCount(1);
  expect(await preloaded.getAttribute("href")).toMatch(/inter-latin-wght-normal.*\.woff2$/);
  expect(files).toContain(new URL((await preloaded.getAttribute("href")) ?? "", server.url).href);
});

test("figures are tabular, words keep their hyphens narrow, and code has no ligatures", async () => {
  const { page, server } = stage;
  await page.goto(server.url);
  const width = (text: string, look = "") =>
    page.evaluate(
      ([text = "", look = ""]) => {
        const span = document.createElement("span");
        span.className = look;
        span.style.cssText = "position: absolute; white-space: pre; font-size: 100px";
        span.textContent = text;
        document.body.append(span);
        const { width } = span.getBoundingClientRect();
        span.remove();
        return Math.round(width);
      },
      [text, look],
    );
  await page.evaluate(() => document.fonts.load('100px "JetBrains Mono Variable"'));
  expect(await width("1111")).toBe(await width("8080"));
  expect(await width("-")).toBeLessThan((await width("0")) * 0.8);
  const drawn = (text: string) =>
    page.evaluate((text) => {
      const code = document.createElement("code");
      code.textContent = text;
      document.body.append(code);
      const { fontVariantLigatures } = getComputedStyle(code);
      code.remove();
      return fontVariantLigatures;
    }, text);
  expect(await drawn("a != b")).toBe("none");
  expect(await width("!=", "font-mono")).toBe(2 * (await width("!", "font-mono")));
});
