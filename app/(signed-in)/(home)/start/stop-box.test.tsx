import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { StopBox } from "./stop-box";

vi.mock("@/app/actions/server", () => ({}));

test("a page whose server is away says how long it has been, and not that it soon stops looking", () => {
  const page = renderToStaticMarkup(
    <StopBox by={{ who: "launcher", start: "npm start", stop: "npx banyan serve --stop" }} awaySinceMs={0} />,
  );
  const text = page.replace(/<[^>]+>/g, "");
  expect(text).toContain("This page looks again every second. The server has been away for 0 s");
});
