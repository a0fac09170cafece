import { expect, test, vi } from "vitest";
import { driveForm } from "@/components/ui/forms/testing/drive-form";
import { PolicySelect } from "./policy-select";

/** The server's answer comes later. */
vi.mock("@/app/operate", () => ({ operate: () => new Promise(() => {}) }));

test("a policy that was chosen is shown until the page has it, and then what anybody sets", () => {
  const select = (policy: "auto" | "approve" | "deny") => (
    <PolicySelect tool={{ name: "x", policy, records: false }} inherited="Inherit" locked={null} />
  );
  const shown: unknown[] = [];
  const name = "Policy of x";
  driveForm(
    { element: select("auto"), act: (form) => form.type(name, "deny") },
    { element: select("auto"), act: (form) => shown.push(form.value(name)) },
    { element: select("deny"), act: (form) => shown.push(form.value(name)) },
    { element: select("approve"), act: (form) => shown.push(form.value(name)) },
    { element: select("auto"), act: (form) => shown.push(form.value(name)) },
  );
  expect(shown).toEqual(["deny", "deny", "approve", "auto"]);
});
