/** A slider through the frames or slices of a picture; nothing where there is one only. */
import type { ReactElement } from 'react';

interface Props {
  label: string;
  count: number;
  value: number;
  onChange: (value: number) => void;
}

export function Axis({ label, count, value, onChange }: Props): ReactElement | null {
  if (count < 2) return null;
  return (
    <label className="slider grow">
      <span>{label}</span>
      <input
        type="range"
        min={0}
        max={count - 1}
        step={1}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <output>
        {value + 1}/{count}
      </output>
    </label>
  );
}
