import { useState } from "react";
import { expect, test, vi } from "vitest";
import { driveForm } from "@/components/ui/forms/testing/drive-form";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { StuckForgeItem } from "./stuck-forge";

vi.mock("@/app/operate", () => ({ operate: () => {} }));
/** Each action succeeds at once. */
vi.mock("@/components/ui/hooks/use-action", () => ({
  useAction() {
    const [outcome, setOutcome] = useState<Outcome | null>(null);
    return { pending: false, outcome, run: () => setOutcome({ ok: true, sentence: "Done." }) };
  },
}));

const item = (is_paused: boolean) => (
  <StuckForgeItem
    project="shop"
    forge={{ project: "shop", host: "forge.test", at: "2026-01-01T00:00:00.000Z", sentence: "No answer.", is_paused }}
    isOpen
    open={() => {}}
  />
);

test("a look settles nothing: when Banyan pauses the link afterwards, a person can still decide", () => {
  const says: string[] = [];
  driveForm(
    { element: item(false), act: (shown) => shown.press("Look now") },
    { element: item(true), act: (shown) => says.push(shown.text()) },
    { element: item(true), act: (shown) => shown.press("Leave paused") },
    { element: item(true), act: (shown) => says.push(shown.text()) },
  );
  expect(says[0]).toContain("shop gets no work from forge.test");
  expect(says[1]).toBe("Done.");
});
