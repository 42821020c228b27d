/** One sample's picture, drawn from its intensities. */
import { useEffect, useRef, useState, type ReactElement } from 'react';

import { loadCrop, mixChannels, type Crop } from '../../../engine/grid/crop';
import type { Rect } from '../../../engine/geometry';
import { contrastFor, type Look } from '../../../engine/grid/gridLook';
import type { Item } from '../../../engine/sync/tasks';

/** Draw the picture as large as the square allows, the region's corners marked. */
function paint(canvas: HTMLCanvasElement, item: Item, crop: Crop, look: Look, size: number): void {
  const { width, height, channels, frame } = crop;
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  const source = new OffscreenCanvas(width, height);
  const sourceContext = source.getContext('2d');
  if (!context || !sourceContext) return;
  const pixels = mixChannels(channels, contrastFor(look, item.image, channels), width * height);
  sourceContext.putImageData(new ImageData(pixels, width, height), 0, 0);
  // A region keeps its place in the middle, also at the edge of its image.
  const side = frame ? sideAround(crop, frame) : Math.max(width, height);
  const middle = frame
    ? { x: (frame.x0 + frame.x1) / 2, y: (frame.y0 + frame.y1) / 2 }
    : { x: width / 2, y: height / 2 };
  const scale = size / side;
  const left = size / 2 - middle.x * scale;
  const top = size / 2 - middle.y * scale;
  context.drawImage(source, left, top, width * scale, height * scale);
  if (!frame) return;
  const [x0, y0] = [left + frame.x0 * scale, top + frame.y0 * scale];
  const [x1, y1] = [left + frame.x1 * scale, top + frame.y1 * scale];
  drawCorners(context, { x0, y0, x1, y1 }, size / 24);
}

/** The side of the square around the region that holds its context on every side. */
function sideAround({ width, height }: Crop, frame: Rect): number {
  const reach = (low: number, high: number, end: number): number =>
    high - low + 2 * Math.max(low, end - high);
  return Math.max(reach(frame.x0, frame.x1, width), reach(frame.y0, frame.y1, height));
}

function drawCorners(context: CanvasRenderingContext2D, frame: Rect, length: number): void {
  const { x0, y0, x1, y1 } = frame;
  context.beginPath();
  for (const [x, y, dx, dy] of [
    [x0, y0, 1, 1],
    [x1, y0, -1, 1],
    [x0, y1, 1, -1],
    [x1, y1, -1, -1],
  ] as const) {
    context.moveTo(x + dx * length, y);
    context.lineTo(x, y);
    context.lineTo(x, y + dy * length);
  }
  context.lineWidth = 1.5;
  context.strokeStyle = 'rgb(255 255 255 / 80%)';
  context.stroke();
}

interface Props {
  item: Item;
  look: Look;
  /** Wanted size in device pixels. */
  size: number;
}

export function CropView({ item, look, size }: Props): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [crop, setCrop] = useState<Crop | null>(null);
  const [failed, setFailed] = useState(false);
  const { image, sample } = item;
  useEffect(() => {
    let wanted = true;
    loadCrop(image, sample.region, size).then(
      (loaded) => wanted && setCrop(loaded),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [image, sample.region, size]);
  useEffect(() => {
    if (crop && canvas.current) paint(canvas.current, item, crop, look, size);
  }, [crop, item, look, size]);
  return (
    <canvas
      ref={canvas}
      className="crop-view"
      aria-hidden="true"
      data-state={failed ? 'failed' : crop ? 'ready' : 'loading'}
    />
  );
}
