"use client";

import { Button } from "@/components/ui/parts";

interface ZoomControlsProps {
  className?: string;
  fit: () => void;
  zoomBy: (factor: number) => void;
}

const STEP = 1.25;

export function ZoomControls({ className = "", fit, zoomBy }: ZoomControlsProps) {
  return (
    <div className={`flex flex-none gap-1 ${className}`}>
      <Button data-key="-" aria-label="Zoom out" onClick={() => zoomBy(1 / STEP)}>
        −
      </Button>
      <Button data-key="+" aria-label="Zoom in" onClick={() => zoomBy(STEP)}>
        +
      </Button>
      <Button data-key="0" hint="0" onClick={fit}>
        Fit
      </Button>
    </div>
  );
}
