/** One sample's picture, drawn from its intensities. */
import { useEffect, useRef, useState, type ReactElement } from 'react';

import type { Contrast } from '../../../engine/contrast';
import { loadCrop, mixChannels, type Crop } from '../../../engine/crop';
import { channelOf } from '../../../engine/display';
import type { Item } from '../../../engine/tasks';

export interface Look {
  /** The window: of the whole image, or stretched over each picture. */
  window: 'image' | 'crop';
  gamma: number;
}

/** The 1st and 99.8th percentile of some intensities. */
function windowOf(samples: Float32Array): { low: number; high: number } {
  const sorted = Float32Array.from(samples).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const low = at(0.01);
  return { low, high: Math.max(at(0.998), low + 1e-6) };
}

function contrastOf(item: Item, crop: Crop, look: Look): Contrast[] {
  return crop.channels.map((samples, c) => ({
    ...channelOf(item.image, c),
    ...(look.window === 'crop' ? windowOf(samples) : {}),
    gamma: look.gamma,
  }));
}

function paint(canvas: HTMLCanvasElement, item: Item, crop: Crop, look: Look): void {
  const { width, height, channels, frame } = crop;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  const pixels = mixChannels(channels, contrastOf(item, crop, look), width * height);
  context.putImageData(new ImageData(pixels, width, height), 0, 0);
  if (!frame) return;
  context.strokeStyle = 'rgb(255 255 255 / 75%)';
  context.lineWidth = Math.max(1, width / 100);
  context.setLineDash([width / 24, width / 24]);
  context.strokeRect(frame.x0, frame.y0, frame.x1 - frame.x0, frame.y1 - frame.y0);
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
    if (crop && canvas.current) paint(canvas.current, item, crop, look);
  }, [crop, item, look]);
  return (
    <canvas
      ref={canvas}
      className="crop-view"
      aria-hidden="true"
      data-state={failed ? 'failed' : crop ? 'ready' : 'loading'}
    />
  );
}
