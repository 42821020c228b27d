/** A picture with the outlines of its cells over it; a click chooses the cell under it. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, type MouseEvent, type ReactElement } from 'react';

import { apiUrl } from '../../../api';
import { outlinePixels, type OutlinedPlane } from '../../../engine/review/outlines';
import { colorOfLabel, type Rgb } from '../../../engine/renderer/palette';
import { useT } from '../../messages';
import { loadLabels } from '../review/labels';

/** Small pictures are drawn larger, so that outlines stay thin against cells. */
const SMALLEST_CANVAS = 1000;
const CHOSEN: Rgb = [255, 255, 255];

function draw(canvas: HTMLCanvasElement, plane: OutlinedPlane, chosen: number | null): void {
  const scale = Math.max(1, Math.ceil(SMALLEST_CANVAS / Math.max(plane.width, plane.height)));
  const size = { width: plane.width * scale, height: plane.height * scale };
  canvas.width = size.width;
  canvas.height = size.height;
  const view = { x: plane.width / 2, y: plane.height / 2, scale };
  const pixels = outlinePixels(plane, view, size, (label) =>
    label === chosen ? CHOSEN : colorOfLabel(label),
  );
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, size.width, size.height), 0, 0);
}

interface Props {
  /** Address of the answer. */
  path: string;
  outlined: boolean;
  chosen: number | null;
  onChoose: (label: number | null) => void;
}

export function OutlinedPicture({ path, outlined, chosen, onChoose }: Props): ReactElement {
  const t = useT();
  const canvas = useRef<HTMLCanvasElement>(null);
  const labels = useQuery({
    queryKey: ['predicted-labels', path],
    queryFn: () => loadLabels(`${path}/labels`, { t: 0, z: 0 }),
    enabled: outlined,
    staleTime: Infinity,
  });
  const plane = labels.data;
  useEffect(() => {
    if (canvas.current && plane) draw(canvas.current, plane, chosen);
  }, [plane, chosen]);
  const choose = (event: MouseEvent<HTMLCanvasElement>): void => {
    if (!plane) return;
    const box = event.currentTarget.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * plane.width);
    const y = Math.floor(((event.clientY - box.top) / box.height) * plane.height);
    onChoose(plane.labels[y * plane.width + x] || null);
  };
  return (
    <div className="use-picture">
      <img src={apiUrl(`${path}/preview`)} alt={t('use.pictureAlt')} />
      {outlined ? <canvas ref={canvas} aria-hidden="true" onClick={choose} /> : null}
    </div>
  );
}
