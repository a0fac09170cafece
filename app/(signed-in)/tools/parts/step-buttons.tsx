import { Button } from "@/components/ui/parts";

interface StepButtonsProps {
  /** What the step does, such as “Read card”. */
  action: string;
  isOff?: boolean;
  /** Does it; absent: the button submits the form around it. */
  act?: () => void;
  /** Leads to the step before; absent: this is the first. */
  onBack?: () => void;
  onCancel: () => void;
  className?: string;
}

/** The buttons at the end of a step in which a server, an API or an agent is added. */
export function StepButtons({ action, isOff, act, onBack, onCancel, className = "" }: StepButtonsProps) {
  return (
    <div className={`flex flex-wrap items-center gap-2 ${className}`}>
      <Button look="primary" type={act ? "button" : "submit"} disabled={isOff} onClick={act}>
        {action}
      </Button>
      {onBack ? <Button onClick={onBack}>Back</Button> : null}
      <Button look="quiet" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
