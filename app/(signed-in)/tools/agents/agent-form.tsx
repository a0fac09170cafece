"use client";

import { useState } from "react";
import { Facts } from "@/components/ui/facts";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import type { OutsideAgentPreview, ShownAgent } from "@/core/shapes/tools";
import { plain, plural } from "@/core/words/figures";
import { AuthFields, type AuthValues } from "../parts/auth-fields";
import { HazardList } from "../parts/hazard-list";
import { SaveForm } from "../parts/save-form";
import { saveOutsideAgent } from "./actions";

/** An added agent, to change. */
export interface KnownAgent extends ShownAgent {
  name: string;
  version: number;
  /** The address of its card. */
  url: string;
}

const CALLS_PER_MINUTE = 10;

interface AgentFormProps {
  known: KnownAgent | undefined;
  preview: OutsideAgentPreview;
  onBack: () => void;
  onClose: () => void;
}

interface Fields extends AuthValues {
  name: string;
  callsPerMinute: string;
}

/** What a person chooses of a card that was read: name, skills, limit and authentication. */
export function AgentForm({ known, preview, onBack, onClose }: AgentFormProps) {
  const [fields, setFields] = useState<Fields>({
    name: known?.name ?? preview.name,
    callsPerMinute: String(known?.calls_per_minute ?? CALLS_PER_MINUTE),
    auth: known?.auth ?? "none",
    header: known?.header ?? "X-API-Key",
    secret: "",
  });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(known?.skills ?? []));
  const change = (some: Partial<Fields>) => setFields({ ...fields, ...some });
  const save = () => {
    const { name, callsPerMinute, auth, header, secret } = fields;
    const request = {
      name: name.trim(),
      url: preview.url,
      card: preview.card,
      skills: preview.skills.map(({ id }) => id).filter((id) => chosen.has(id)),
      auth,
      header,
      calls_per_minute: Number(callsPerMinute),
      ...(secret && { secret }),
    };
    return saveOutsideAgent(request, known?.version ?? null);
  };
  const action = `${known ? "Save" : "Add"} ${plural(chosen.size, "skill")}`;
  return (
    <SaveForm save={save} action={action} maySave={chosen.size > 0} onBack={onBack} onClose={onClose}>
      <CardFacts preview={preview} />
      <div className="grid grid-cols-2 gap-3 phone:grid-cols-1">
        <label className={FIELD}>
          <span>Name</span>
          <input
            type="text"
            value={fields.name}
            disabled={known !== undefined}
            onChange={(event) => change({ name: event.target.value })}
          />
        </label>
        <label className={FIELD}>
          <span>Calls per minute</span>
          <input
            type="number"
            min={1}
            max={1000}
            value={fields.callsPerMinute}
            onChange={(event) => change({ callsPerMinute: event.target.value })}
          />
        </label>
        <AuthFields fields={fields} change={change} isKnown={known !== undefined} />
      </div>
      <SkillChoice skills={preview.skills} chosen={chosen} choose={setChosen} />
      <Hint>Each chosen skill becomes a tool. The secret is sent only to this agent, and our agents never see it.</Hint>
    </SaveForm>
  );
}

/** What the card says, as far as it matters for the decision, and its dangers. */
function CardFacts({ preview }: Pick<AgentFormProps, "preview">) {
  const { title, version, provider, description, endpoint, signed_by: signedBy, hazards } = preview;
  return (
    <>
      <p className="wrap-anywhere">
        {plain(title)} {plain(version)}
        {provider ? ` of ${plain(provider)}` : ""}
      </p>
      <p className="wrap-anywhere text-ink-2">{plain(description).slice(0, 500)}</p>
      <Facts>
        <dt>Messages go to</dt>
        <dd className="wrap-anywhere font-mono text-mono">{endpoint}</dd>
        <dt>Card signed by</dt>
        <dd className="wrap-anywhere font-mono text-mono">{signedBy ?? "nobody"}</dd>
      </Facts>
      <HazardList hazards={hazards} />
    </>
  );
}

interface SkillChoiceProps {
  skills: OutsideAgentPreview["skills"];
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
}

function SkillChoice({ skills, chosen, choose }: SkillChoiceProps) {
  const toggle = (id: string, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) next.add(id);
    else next.delete(id);
    choose(next);
  };
  return (
    <fieldset>
      <legend className="font-medium">Skills</legend>
      <ul className="mt-2 max-h-90 overflow-y-auto border-y border-line" tabIndex={-1}>
        {skills.map(({ id, name, description }) => (
          <li key={id} className="border-b border-line py-1.5 last:border-b-0">
            <label className="flex items-start gap-2">
              <input
                type="checkbox"
                className="mt-0.5"
                checked={chosen.has(id)}
                onChange={(event) => toggle(id, event.target.checked)}
              />
              <span className="min-w-0">
                <span className="wrap-anywhere">{plain(name)}</span>{" "}
                <span className="wrap-anywhere font-mono text-ink-3 text-mono">{id}</span>
                <span className="block text-ink-2 text-small">{plain(description).slice(0, 300)}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
