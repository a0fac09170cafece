import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { SwitchedOff } from "@/db/records/self-switch";
import { createSelfSwitch, refusalOf } from "./switch";

function made() {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-switch-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const stored: { off: SwitchedOff | null } = { off: null };
  const power = createSelfSwitch(dataDir, { off: () => stored.off });
  const place = () => {
    mkdirSync(join(dataDir, "self"), { recursive: true });
    writeFileSync(join(dataDir, "self", "halt"), "");
  };
  return { dataDir, stored, power, place };
}

const never = (signal: AbortSignal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

test("a person's switch and the file each end what runs, and refuse what comes", async () => {
  for (const how of ["switch", "file"] as const) {
    const { stored, power, place } = made();
    expect(power.state()).toEqual({ off: null });
    const running = power.whileOn(new AbortController().signal, never);
    if (how === "file") place();
    else stored.off = { by: "ann", sinceMs: 0, reason: "It is odd" };
    const sentence = how === "file" ? /The file .*self\/halt is there\. Remove it/ : /off by ann: It is odd\. An admin/;
    await expect(running).rejects.toThrow(sentence);
    await expect(power.whileOn(new AbortController().signal, never)).rejects.toThrow(sentence);
    expect(() => power.refuseWhileOff()).toThrow(sentence);
    expect(refusalOf(power.state())).toMatch(sentence);
  }
});

test("a task's own stop keeps its reason", async () => {
  const { power } = made();
  const stop = new AbortController();
  const running = power.whileOn(stop.signal, never);
  stop.abort(new Error("stopped"));
  await expect(running).rejects.toThrow("stopped");
});
