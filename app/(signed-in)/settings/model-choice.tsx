import { FIELD } from "@/components/ui/field-look";

interface ModelChoiceProps {
  models: string[];
  usual: string | null;
  /** What tasks use as it is. */
  now: string;
  /** Empty: as it is. */
  model: string;
  setModel: (model: string) => void;
}

/** Which of a provider's models tasks use when nobody names one. */
export function ModelChoice({ models, usual, now, model, setModel }: ModelChoiceProps) {
  const others = models.filter((one) => one !== usual);
  return (
    <label className={FIELD}>
      <span>Model that tasks use when nobody names one</span>
      <select value={model} onChange={(event) => setModel(event.target.value)}>
        <option value="">As it is: {now === "runbook" ? "none, runbooks only" : now}</option>
        {usual ? <option value={usual}>{usual}</option> : null}
        {others.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}
