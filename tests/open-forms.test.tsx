/** What a form sends when somebody else saves other values while it is open: only what its own person changed. */
import { beforeEach, expect, test, vi } from "vitest";
import { CapsForm } from "@/app/(signed-in)/(home)/caps-form";
import { SettingsForm as MemoryForm } from "@/app/(signed-in)/memory/help/settings-form";
import { EditDialog as EditLesson } from "@/app/(signed-in)/memory/lessons/acts/edit-dialog";
import { ScheduleForm } from "@/app/(signed-in)/operations/backups/schedule-form";
import { SettingsForm as ImprovementForm } from "@/app/(signed-in)/operations/improvement/settings-form";
import { LimitForm } from "@/app/(signed-in)/operations/limits/limit-form";
import { StopForm } from "@/app/(signed-in)/operations/limits/stop-form";
import { RetentionForm } from "@/app/(signed-in)/operations/space/retention-form";
import { EditProject } from "@/app/(signed-in)/projects/[name]/edit-project";
import { RulesDialog } from "@/app/(signed-in)/projects/[name]/evolve/rules-dialog";
import { LinkForge } from "@/app/(signed-in)/projects/[name]/issues/link-forge";
import { ChangeRepository } from "@/app/(signed-in)/projects/[name]/repositories/change-repository";
import { ChangeRule } from "@/app/(signed-in)/review/rules/change-rule";
import { EditDialog as EditSchedule } from "@/app/(signed-in)/schedules/[id]/edit-dialog";
import { WebhookForm } from "@/app/(signed-in)/settings/notifications/webhook-form";
import { type DrivenForm, driveForm } from "@/components/ui/forms/testing/drive-form";

const sent = vi.hoisted(() => [] as unknown[]);
/** The server never answers, so nothing follows. */
const sending = vi.hoisted(() => (input: unknown) => {
  sent.push(input);
  return new Promise(() => {});
});
vi.mock("@/app/operate", () => ({ operate: (_name: string, input: unknown) => sending(input) }));
vi.mock("@/app/actions/operations", () => ({ setLimits: sending }));
vi.mock("@/app/actions/retention", () => ({ setRetention: sending }));
vi.mock("@/app/(signed-in)/(home)/caps-actions", () => ({ saveCaps: sending }));
vi.mock("@/app/(signed-in)/projects/[name]/issues/actions", () => ({ linkForge: sending }));
vi.mock("@/app/(signed-in)/settings/notifications/actions", () => ({ addWebhook: sending }));
beforeEach(() => void sent.splice(0));

const nothing = () => {};
const never = async () => {};
const as = <Of,>(some: object) => some as unknown as Of;

const limit = { name: "cpu", max: 80, max_set_by: null, action: "hold" };
const caps = { day_usd: 10, day_setting: null, tree_usd: 2 };
const check = (command: string) => ({ command, by: "Mara", at: "" });
const repository = { folder: "lib", is_own: false, check: check("old"), setup: null, branch: null, needs: [] };
const project = { name: "app", check: check("old"), setup: null, branch: null, defaults: { cost_usd: 5 } };
const rules = {
  cycle_usd: 1,
  day_usd: 5,
  most_open: 3,
  least_score: 0.5,
  stop_after: 3,
  paths: ["src/**"],
  quiet: null,
};
const link = { label: "banyan", most_open: 3, rules: "merge 1 approval: docs/**", jira: null };
const submission = { task: "Look" };
const schedule = { id: "s", name: "Nightly", cron: "0 9 * * *", zone: "UTC", overlap: "skip", submission };
const lesson = { id: "l", kind: "fact", advice: "old", trigger: "t", scope: "agent", place: "coder", signature: null };
const stop = { violations: 5, within_minutes: 10, alert_from: "warning" };
const improvement = { on: false, hour: 3, cap_usd: 1 };
const backups = (every_seconds: number) =>
  as<Parameters<typeof ScheduleForm>[0]["backups"]>({
    schedule: { every_seconds, keep: 7, every_setting: null, keep_setting: null, next_at: null },
    last_success: null,
  });
const webhook = { id: "w", url: "https://a.test", events: ["tree_ended"] };
const rule = { id: "r", expires_at: "2000-01-01", most_uses: 10, uses: 0, why: "because" };
const retention = { settings: { days: 30, max_mb: null, keep_goals: true, archive: null, fixed_by: [] }, runs: [] };

/** Each: the form as it is opened, with what somebody else saves, and how it ends. */
interface Case {
  shown: (others?: object) => React.JSX.Element;
  others: object;
  /** The untouched field, and what it shows after the other person has saved. */
  untouched?: [name: string, value: unknown];
  act: (form: DrivenForm) => void;
  input: object;
}

const CASES: Record<string, Case> = {
  limit: {
    shown: (others) => <LimitForm limit={as({ ...limit, ...others })} again={never} onClosed={nothing} />,
    others: { max: 50 },
    untouched: ["limits.cpu.max", "50"],
    act: (form) => form.choose("limits.cpu.action", 0),
    input: { limits: { cpu: { action: "alert" } } },
  },
  "emergency stop": {
    shown: (others) => <StopForm value={as({ ...stop, ...others })} again={never} />,
    others: { violations: 2 },
    untouched: ["violations", "2"],
    act: (form) => form.type("within_minutes", "20"),
    input: { within_minutes: 20 },
  },
  caps: {
    shown: (others) => <CapsForm caps={{ ...caps, ...others }} onSaved={nothing} cancel={nothing} />,
    others: { day_usd: 3 },
    untouched: ["day_usd", "3"],
    act: (form) => form.type("tree_usd", "1"),
    input: { tree_usd: 1 },
  },
  project: {
    shown: (others) => <EditProject project={as({ ...project, ...others })} onClosed={nothing} />,
    others: { check: check("new"), defaults: { cost_usd: 1 } },
    untouched: ["check", "new"],
    act: (form) => form.type("branch", " next "),
    input: { id: "app", branch: "next" },
  },
  repository: {
    shown: (others) => (
      <ChangeRepository
        project="app"
        repository={as({ ...repository, ...others })}
        others={["web"]}
        onClosed={nothing}
      />
    ),
    others: { check: check("new"), needs: ["web"] },
    untouched: ["check", "new"],
    act: (form) => form.type("setup", "npm ci"),
    input: { id: "app", folder: "lib", setup: "npm ci" },
  },
  "rules of an evolution": {
    shown: (others) => (
      <RulesDialog project="app" rules={as({ ...rules, ...others })} onClosed={nothing} onDone={nothing} />
    ),
    others: { day_usd: 2, paths: ["docs/**"], quiet: { from: "08:00", until: "18:00", zone: "UTC" } },
    untouched: ["day_usd", "2"],
    act: (form) => form.type("most_open", "1"),
    input: { id: "app", most_open: 1 },
  },
  "link of a forge": {
    shown: (others) => (
      <LinkForge
        project="app"
        title="Change"
        kind={null}
        secret={null}
        before={as({ ...link, ...others })}
        onClosed={nothing}
        onLinked={nothing}
      />
    ),
    others: { rules: "" },
    untouched: ["rules", ""],
    act: (form) => form.type("label", "agents"),
    input: { id: "app", label: "agents" },
  },
  schedule: {
    shown: (others) => <EditSchedule schedule={as({ ...schedule, ...others })} onClosed={nothing} onSaved={nothing} />,
    others: { zone: "Europe/Berlin", submission: { task: "Look again" } },
    untouched: ["submission.task", "Look again"],
    act: (form) => form.type("name", "Daily"),
    input: { id: "s", name: "Daily" },
  },
  memory: {
    shown: (others) => <MemoryForm memory={{ on: true, holdout: 10, ...others }} />,
    others: { on: false },
    untouched: ["on", "off"],
    act: (form) => form.type("holdout", "5"),
    input: { holdout: 5 },
  },
  lesson: {
    shown: (others) => <EditLesson lesson={as({ ...lesson, ...others })} onClosed={nothing} onDone={nothing} />,
    others: { advice: "new" },
    untouched: ["advice", "new"],
    act: (form) => form.type("place", "writer"),
    input: { id: "l", scope: "agent", place: "writer" },
  },
  improvement: {
    shown: (others) => <ImprovementForm value={as({ ...improvement, ...others })} again={never} />,
    others: { hour: 5 },
    untouched: ["hour", 5],
    act: (form) => form.type("cap_usd", "2"),
    input: { cap_usd: 2 },
  },
  backups: {
    shown: (others = { every: 86_400 }) => (
      <ScheduleForm backups={backups((others as { every: number }).every)} again={never} />
    ),
    others: { every: 3_600 },
    untouched: ["every", "1h"],
    act: (form) => form.type("keep", "3"),
    input: { keep: 3 },
  },
  webhook: {
    shown: (others) => <WebhookForm webhook={as({ ...webhook, ...others })} onDone={nothing} onCancel={nothing} />,
    others: { events: [] },
    act: (form) => form.type("url", "https://b.test"),
    input: { id: "w", url: "https://b.test" },
  },
  "rule of approvals": {
    shown: (others) => <ChangeRule rule={as({ ...rule, ...others })} isOff={false} onDone={nothing} close={nothing} />,
    others: { most_uses: 1 },
    act: (form) => form.type("why", "Other reason"),
    input: { id: "r", hours: 24, why: "Other reason" },
  },
  retention: {
    shown: (others) => (
      <RetentionForm retention={as({ ...retention, settings: { ...retention.settings, ...others } })} again={never} />
    ),
    others: { keep_goals: false },
    untouched: ["keep_goals", "go"],
    act: (form) => form.type("days", "10"),
    input: { days: 10 },
  },
};

test.each(Object.entries(CASES))("%s: what somebody else saves meanwhile stays", (_, form) => {
  const { shown, others, untouched, act, input } = form;
  driveForm(
    { element: shown(), act },
    {
      element: shown(others),
      act(open) {
        if (untouched) expect(open.value(untouched[0])).toBe(untouched[1]);
        open.submit();
      },
    },
  );
  expect(sent).toEqual([input]);
});

test("a change that was taken back is none", () => {
  const form = (others = {}) => <MemoryForm memory={{ on: true, holdout: 10, ...others }} />;
  driveForm(
    { element: form(), act: (open) => open.type("holdout", "5") },
    { element: form(), act: (open) => open.type("holdout", "10") },
    { element: form({ holdout: 20 }), act: (open) => open.choose("on", 1) },
    { element: form({ holdout: 20 }), act: (open) => open.submit() },
  );
  expect(sent).toEqual([{ on: false }]);
});

test("spaces can be typed, and are no change by themselves", () => {
  const form = <CapsForm caps={caps} onSaved={nothing} cancel={nothing} />;
  driveForm(
    { element: form, act: (open) => open.type("tree_usd", "2 ") },
    {
      element: form,
      act(open) {
        expect(open.value("tree_usd")).toBe("2 ");
        open.submit();
      },
    },
  );
  expect(sent).toEqual([]);
});
