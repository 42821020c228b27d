/** The disputed cells of a sample, and which of them is looked at. */
import { useMemo, useState } from 'react';

import type { CellAgreement, ComparedCell } from '../../../api';
import type { Scene } from '../../../engine/review/scene';

export interface Cells {
  /** The disputed cell that is looked at, and its place in the list. */
  cell: ComparedCell | null;
  cellAt: number | null;
  goToCell: (at: number) => void;
  stepCell: (by: 1 | -1) => void;
}

export function useCells(agreement: CellAgreement | null, scene: Scene): Cells {
  const [cellAt, setCellAt] = useState<number | null>(null);
  const disputed = useMemo(
    () => agreement?.cells.filter((entry) => entry.is_disputed) ?? [],
    [agreement],
  );
  const goToCell = (at: number): void => {
    const wanted = disputed[at];
    if (!wanted) return;
    setCellAt(at);
    scene.focus(wanted, wanted, wanted.area);
  };
  const stepCell = (by: 1 | -1): void =>
    goToCell(cellAt === null ? (by === 1 ? 0 : disputed.length - 1) : cellAt + by);
  const cell = cellAt === null ? null : (disputed[cellAt] ?? null);
  return { cell, cellAt, goToCell, stepCell };
}
