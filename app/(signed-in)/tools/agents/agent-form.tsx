"use client";

import { useState } from "react";
import { Facts } from "@/components/ui/facts";
import { Field } from "@/components/ui/forms/field";
import { typedNumber } from "@/components/ui/forms/number-field";
import { Hint } from "@/components/ui/hint";
import type { OutsideAgentPreview, ShownAgent } from "@/core/shapes/servers/outside";
import { plain, plural } from "@/core/words/figures";
import { DescribedFields } from "../parts/described-fields";
import { HazardList } from "../parts/hazard-list";
import { PartChoice } from "../parts/part-choice";
import { SaveForm } from "../parts/save-form";
import { useDescribed } from "../parts/use-described";
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

/** What a person chooses of a card that was read: name, skills, limit and authentication. */
export function AgentForm({ known, preview, onBack, onClose }: AgentFormProps) {
  const offered = { name: preview.name, keys: preview.skills.map(({ id }) => id) };
  const described = useDescribed(known, offered, known?.skills ?? []);
  const [callsPerMinute, setCallsPerMinute] = useState(String(known?.calls_per_minute ?? CALLS_PER_MINUTE));
  const { form, chosen, request } = described;
  const save = () => {
    const skills = offered.keys.filter((id) => chosen.has(id));
    const { url, card } = preview;
    const calls_per_minute = typedNumber(callsPerMinute, Number.NaN);
    return saveOutsideAgent({ ...request, url, card, skills, calls_per_minute }, known?.version ?? null);
  };
  const action = `${known ? "Save" : "Add"} ${plural(chosen.size, "skill")}`;
  return (
    <SaveForm form={form} save={save} action={action} maySave={chosen.size > 0} onBack={onBack} onClose={onClose}>
      <CardFacts preview={preview} />
      <DescribedFields described={described}>
        <Field form={form} name="calls_per_minute" label="Calls per minute">
          <input
            {...form.register("calls_per_minute")}
            type="text"
            inputMode="numeric"
            value={callsPerMinute}
            onChange={(event) => setCallsPerMinute(event.target.value)}
          />
        </Field>
      </DescribedFields>
      <PartChoice
        described={described}
        name="skills"
        legend="Skills"
        parts={preview.skills.map(({ id, name, description }) => ({
          key: id,
          title: (
            <>
              <span className="wrap-anywhere">{plain(name)}</span>{" "}
              <span className="wrap-anywhere font-mono text-ink-3 text-mono">{id}</span>
            </>
          ),
          description: plain(description).slice(0, 300),
        }))}
      />
      <Hint>Each chosen skill becomes a tool. The secret is sent only to this agent, and our agents never see it.</Hint>
    </SaveForm>
  );
}

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
