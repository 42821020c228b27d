/** One of several views of a scene: the picture, outlines over it, and what is pointed at. Moves together with the others. */
import { useQuery } from '@tanstack/react-query';
import {
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactElement,
  type RefObject,
} from 'react';

import { outlinePixels, type OutlinedPlane } from '../../../engine/review/outlines';
import type { Scene } from '../../../engine/review/scene';
import type { Point } from '../../../engine/geometry';
import type { Rgb } from '../../../engine/renderer/palette';
import { drawPins, type Pin } from '../../../engine/renderer/pins';
import type { Size, View } from '../../../engine/renderer/view';
import { useT } from '../../messages';
import { drawPointer, drawTarget, type Target } from './drawing';
import { loadLabels, MOST_PIXELS } from './labels';
import { listenToScene } from './pointer';

type ColorOf = (label: number) => Rgb | null;

export interface SceneViewProps {
  scene: Scene;
  name: string;
  /** API path of the labels to outline. */
  labels?: string;
  colorOf?: ColorOf;
  /** Outlines hidden, to see what is under them. */
  hidden?: boolean;
  pins?: readonly Pin[];
  target?: Target | null;
  /** The pointer places something instead of moving the picture. */
  placing?: boolean;
  onPick?: (point: Point, label: number) => void;
}

const NO_PINS: readonly Pin[] = [];

/** Size of an element in device pixels, so that a canvas can be drawn pixel for pixel. */
function useDeviceSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    if (!element.current) return undefined;
    const measure = (): void => {
      const { clientWidth = 0, clientHeight = 0 } = element.current ?? {};
      const ratio = window.devicePixelRatio;
      setSize({ width: Math.round(clientWidth * ratio), height: Math.round(clientHeight * ratio) });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element.current);
    measure();
    return () => observer.disconnect();
  }, [element]);
  return size;
}

function usePlane(
  scene: Scene,
  labels: string | undefined,
): ReturnType<typeof useQuery<OutlinedPlane | null>> {
  const { slice } = useSyncExternalStore(scene.subscribe, scene.snapshot);
  const { width, height } = scene.plane;
  return useQuery({
    queryKey: ['labels', labels, slice.t, slice.z],
    queryFn: () => loadLabels(labels ?? '', slice),
    enabled: labels !== undefined && width * height <= MOST_PIXELS,
    staleTime: 30_000,
  });
}

/** The outlines as a layer to draw: worked out anew only when the view, the labels or their colours change. */
function useOutlines(): (
  plane: OutlinedPlane,
  view: View,
  size: Size,
  colorOf: ColorOf,
) => OffscreenCanvas {
  const kept = useRef<{ made: readonly unknown[]; layer: OffscreenCanvas } | null>(null);
  return useCallback((plane, view, size, colorOf) => {
    const made = [plane, view, size, colorOf];
    if (kept.current && made.every((part, i) => part === kept.current?.made[i])) {
      return kept.current.layer;
    }
    const layer = new OffscreenCanvas(size.width, size.height);
    const pixels = outlinePixels(plane, view, size, colorOf);
    layer.getContext('2d')?.putImageData(new ImageData(pixels, size.width, size.height), 0, 0);
    kept.current = { made, layer };
    return layer;
  }, []);
}

function useDrawing(
  canvas: RefObject<HTMLCanvasElement | null>,
  size: Size,
  plane: OutlinedPlane | null | undefined,
  props: SceneViewProps,
): void {
  const { scene, colorOf, hidden = false, pins = NO_PINS, target = null } = props;
  const state = useSyncExternalStore(scene.subscribe, scene.snapshot);
  const outlines = useOutlines();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || size.width === 0 || size.height === 0) return;
    if (element.width !== size.width) element.width = size.width;
    if (element.height !== size.height) element.height = size.height;
    const { view, pointer } = state;
    const ratio = window.devicePixelRatio;
    scene.draw(context, size);
    if (plane && !hidden && colorOf) {
      context.drawImage(outlines(plane, view, size, colorOf), 0, 0);
    }
    if (target) drawTarget(context, size, view, target, ratio);
    drawPins(context, size, view, pins, ratio);
    if (pointer) drawPointer(context, size, view, pointer, ratio);
  }, [canvas, scene, state, size, plane, hidden, colorOf, pins, target, outlines]);
}

export function SceneView(props: SceneViewProps): ReactElement {
  const { scene, name, labels, placing = false, onPick } = props;
  const t = useT();
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useDeviceSize(host);
  const plane = usePlane(scene, labels);
  useEffect(() => {
    if (size.width > 0) scene.resize(size);
  }, [scene, size]);
  useDrawing(canvas, size, plane.data, props);

  const pick = useCallback(
    (point: Point) => {
      const [x, y] = [Math.round(point.x), Math.round(point.y)];
      const { width, height } = scene.plane;
      if (x < 0 || y < 0 || x >= width || y >= height) return;
      onPick?.(point, plane.data?.labels[y * width + x] ?? 0);
    },
    [scene, plane.data, onPick],
  );
  const picked = useRef(pick);
  useEffect(() => {
    picked.current = pick;
  }, [pick]);
  useEffect(() => {
    if (!canvas.current) return undefined;
    return listenToScene(canvas.current, scene, (point) => picked.current(point));
  }, [scene]);

  const { width, height } = scene.plane;
  const note = plane.isError
    ? t('plane.failed')
    : labels && width * height > MOST_PIXELS
      ? t('plane.tooLarge')
      : labels && plane.data === null
        ? t('plane.noLabels')
        : null;
  // Very long pictures are not shown in their own shape: they would leave no room for the others.
  const shape = Math.min(2, Math.max(0.75, width / height));
  return (
    <div className="scene-view" ref={host} style={{ aspectRatio: String(shape) }}>
      <canvas ref={canvas} role="img" aria-label={name} data-placing={placing} />
      {note ? <p className="plane-note">{note}</p> : null}
    </div>
  );
}
