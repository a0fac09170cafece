import type { ReactNode } from "react";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { Button } from "@/components/ui/parts";

interface ReadFormProps {
  label: string;
  placeholder: string;
  /** What the button does, such as “Read card”. */
  action: string;
  url: string;
  setUrl: (url: string) => void;
  problem: string | null;
  isReading: boolean;
  read: () => void;
  onClose: () => void;
  /** Another way to give what is read. */
  children?: ReactNode;
}

/** The first step of adding an API or an agent: the address that describes it is read. */
export function ReadForm(props: ReadFormProps) {
  const { label, placeholder, action, url, setUrl, problem, isReading, read, onClose, children } = props;
  return (
    <form
      className="stack mt-3"
      onSubmit={(event) => {
        event.preventDefault();
        read();
      }}
    >
      <label className={FIELD}>
        <span>{label}</span>
        <input
          type="text"
          className="font-mono text-mono"
          value={url}
          placeholder={placeholder}
          onChange={(event) => setUrl(event.target.value)}
          aria-invalid={problem !== null || undefined}
        />
      </label>
      {children}
      {problem === null ? null : (
        <Hint isBad role="alert">
          {problem}
        </Hint>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" type="submit" disabled={isReading || url.trim() === ""}>
          {isReading ? "Reading…" : action}
        </Button>
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
