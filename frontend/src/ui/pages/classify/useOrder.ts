/** Puts the pictures of a batch in the chosen order; likeness is by the model where it has placed all, else by the pictures. */
import { useCallback, useEffect, useRef, useState } from 'react';

import type { Batch } from '../../../engine/grid/batch';
import { loadCrop } from '../../../engine/grid/crop';
import { cropFeatures } from '../../../engine/grid/cropFeatures';
import {
  orderByLikeness,
  orderByModel,
  suggestionOf,
  type OrderKind,
} from '../../../engine/grid/order';
import { loadEmbeddings, type Item } from '../../../engine/sync/tasks';

/** Pictures are compared at about this many pixels. */
const COMPARED_PIXELS = 96;

export type LikenessSource = { kind: 'model'; round: number } | { kind: 'picture' };

interface Vectors {
  source: LikenessSource;
  vectors: (ArrayLike<number> | null)[];
}

async function vectorsOfModel(project: number, items: readonly Item[]): Promise<Vectors | null> {
  const ids = items.map(({ sample }) => sample.id);
  // Without the model's view the pictures themselves serve.
  const found = await loadEmbeddings(project, ids).catch(() => null);
  if (!found || found.round === null) return null;
  const vectors = ids.map((id) => found.vectors[String(id)] ?? null);
  if (vectors.includes(null)) return null;
  return { source: { kind: 'model', round: found.round }, vectors };
}

async function vectorsOfPictures(items: readonly Item[]): Promise<Vectors> {
  const reads = items.map(({ image, sample }) =>
    loadCrop(image, sample.region, COMPARED_PIXELS).then(cropFeatures, () => null),
  );
  return { source: { kind: 'picture' }, vectors: await Promise.all(reads) };
}

export interface GridOrder {
  /** The model has said something about these pictures. */
  hasModel: boolean;
  working: boolean;
  /** Where likeness comes from; null while it is not asked for. */
  source: LikenessSource | null;
  /** Sort again, by the picture that is in focus now. */
  again: () => void;
}

export function useOrder(batch: Batch, projectId: number, kind: OrderKind): GridOrder {
  const [source, setSource] = useState<LikenessSource | null>(null);
  const [working, setWorking] = useState(false);
  const vectors = useRef<Promise<Vectors> | null>(null);
  const wanted = useRef(kind);

  const arrange = useCallback(async () => {
    if (kind !== 'alike') {
      setSource(null);
      batch.arrange(orderByModel(kind, batch.items));
      return;
    }
    const reference = batch.snapshot().focus;
    setWorking(true);
    vectors.current ??= vectorsOfModel(projectId, batch.items).then(
      (found) => found ?? vectorsOfPictures(batch.items),
    );
    const known = await vectors.current;
    setWorking(false);
    if (wanted.current !== 'alike') return;
    setSource(known.source);
    batch.arrange(orderByLikeness(known.vectors, reference));
  }, [batch, projectId, kind]);

  useEffect(() => {
    wanted.current = kind;
    void arrange();
  }, [arrange, kind]);

  const hasModel = batch.items.some((item) => suggestionOf(item) !== null);
  return { hasModel, working, source, again: () => void arrange() };
}
