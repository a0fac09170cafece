import { FIELD } from "@/components/ui/field-look";

interface ModelChoiceProps {
  models: string[];
  usual: string | null;
  /** The present default model. */
  now: string;
  /** Empty: the default stays as it is. */
  model: string;
  setModel: (model: string) => void;
}

/** A select for the default model. */
export function ModelChoice({ models, usual, now, model, setModel }: ModelChoiceProps) {
  const others = models.filter((name) => name !== usual);
  return (
    <label className={FIELD}>
      <span>Default model</span>
      <select value={model} onChange={(event) => setModel(event.target.value)}>
        <option value="">Unchanged: {now === "runbook" ? "none, runbooks only" : now}</option>
        {usual ? <option value={usual}>{usual}</option> : null}
        {others.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
