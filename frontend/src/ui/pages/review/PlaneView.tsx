/** One plane of a picture with outlines over it, on a plain 2-D canvas. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, type ReactElement } from 'react';

import type { Image } from '../../../api';
import { useT } from '../../messages';
import { colorOf, loadLabels, loadPicture, outlineLayer, type Box } from './plane';

/** The canvas is at least this wide, so that outlines are thin on small pictures too. */
const MIN_WIDTH = 900;

interface Props {
  image: Image;
  /** Part of the picture; the whole of it by default. */
  region?: Box | null;
  /** API path of a label plane to outline. */
  labels?: string;
  /** Colour by label; one colour for all by default. */
  colorFor?: (label: number) => [number, number, number];
  outline?: string;
  /** Outlines hidden, to see what is under them. */
  hidden?: boolean;
}

export function PlaneView(props: Props): ReactElement {
  const { image, labels, colorFor, outline = '#ffd166', hidden = false } = props;
  const t = useT();
  const canvas = useRef<HTMLCanvasElement>(null);
  const region = props.region;
  const box = useMemo<Box>(
    () => region ?? { x0: 0, y0: 0, x1: image.size.x, y1: image.size.y },
    [region, image.size.x, image.size.y],
  );
  const picture = useQuery({
    queryKey: ['plane', image.id, box],
    queryFn: () => loadPicture(image, box),
    staleTime: Infinity,
  });
  const plane = useQuery({
    queryKey: ['labels', labels],
    queryFn: () => loadLabels(labels ?? '', image.size),
    enabled: labels !== undefined,
    staleTime: 30_000,
  });

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || !picture.data) return;
    const scale = Math.max(1, Math.ceil(MIN_WIDTH / picture.data.width));
    const size = { width: picture.data.width * scale, height: picture.data.height * scale };
    element.width = size.width;
    element.height = size.height;
    const layer = document.createElement('canvas');
    const paint = (data: ImageData): void => {
      layer.width = data.width;
      layer.height = data.height;
      layer.getContext('2d')?.putImageData(data, 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(layer, 0, 0, size.width, size.height);
    };
    paint(picture.data);
    if (plane.data && !hidden) {
      const fixed = colorOf(outline);
      paint(outlineLayer(plane.data, box, size, colorFor ?? (() => fixed)));
    }
  }, [picture.data, plane.data, box, colorFor, outline, hidden]);

  const failed = picture.isError || plane.isError;
  return (
    <div className="plane">
      {picture.data ? (
        <canvas ref={canvas} role="img" aria-label={image.name} />
      ) : (
        <p className="plane-note">{t(failed ? 'plane.failed' : 'app.loading')}</p>
      )}
      {picture.data && labels && plane.data === null ? (
        <p className="plane-note">{t('plane.noLabels')}</p>
      ) : null}
    </div>
  );
}
