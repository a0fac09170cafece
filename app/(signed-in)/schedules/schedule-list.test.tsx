import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { ScheduleList } from "./schedule-list";

vi.mock("@/app/operate", () => ({}));
vi.mock("@/components/going/use-go", () => ({ useGo: () => ({}) }));

test("the page shows the icon to press, because the button on Home has no words", () => {
  expect(renderToStaticMarkup(<ScheduleList start={[]} mayRun />)).toMatch(/the calendar <svg.*<\/svg> near “Start”/);
  expect(renderToStaticMarkup(<ScheduleList start={[]} mayRun={false} />)).not.toContain("Start");
});
