/** One plane of a picture with outlines over it, on a plain 2-D canvas. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, type ReactElement, type RefObject } from 'react';

import type { Image } from '../../../api';
import { useT } from '../../messages';
import { colorOf, loadLabels, loadPicture, outlineLayer, type Box } from './plane';

/** Width of an element in device pixels, so that a canvas can be drawn pixel for pixel. */
function useDeviceWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return undefined;
    const measure = (): void =>
      setWidth(Math.round((element.current?.clientWidth ?? 0) * window.devicePixelRatio));
    const observer = new ResizeObserver(measure);
    observer.observe(element.current);
    measure();
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Draw pixels over the whole canvas. */
function paint(context: CanvasRenderingContext2D, data: ImageData): void {
  const layer = document.createElement('canvas');
  layer.width = data.width;
  layer.height = data.height;
  layer.getContext('2d')?.putImageData(data, 0, 0);
  context.drawImage(layer, 0, 0, context.canvas.width, context.canvas.height);
}

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
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useDeviceWidth(host);
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
    if (!element || !context || !picture.data || width === 0) return;
    const height = Math.round((width * picture.data.height) / picture.data.width);
    element.width = width;
    element.height = height;
    // Enlarged pixels stay squares; only what is made smaller is smoothed.
    context.imageSmoothingEnabled = picture.data.width > width;
    paint(context, picture.data);
    if (plane.data && !hidden) {
      const fixed = colorOf(outline);
      paint(context, outlineLayer(plane.data, box, { width, height }, colorFor ?? (() => fixed)));
    }
  }, [picture.data, plane.data, box, colorFor, outline, hidden, width]);

  const failed = picture.isError || plane.isError;
  return (
    <div className="plane" ref={host}>
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
