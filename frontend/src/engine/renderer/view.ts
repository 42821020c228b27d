/** Which part of the plane the canvas shows. */
import type { Point, Rect } from '../geometry';
import { CHUNK_SHIFT } from '../labels/chunks';
import type { Tile } from './pages';

export interface View {
  /** Continuous image coordinates at the canvas' middle; pixel (0, 0) covers 0..1. */
  x: number;
  y: number;
  /** Canvas pixels per image pixel. */
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

const LARGEST_SCALE = 64;

export function fitView(plane: Size, canvas: Size, margin = 0.96): View {
  const fit = Math.min(canvas.width / plane.width, canvas.height / plane.height) * margin;
  return { x: plane.width / 2, y: plane.height / 2, scale: Math.max(1e-3, fit) };
}

/** The image point under a canvas point; pixel centres are integers. */
export function toImage(view: View, canvas: Size, point: Point): Point {
  return {
    x: view.x + (point.x - canvas.width / 2) / view.scale - 0.5,
    y: view.y + (point.y - canvas.height / 2) / view.scale - 0.5,
  };
}

/** The canvas point of an image point. */
export function toCanvas(view: View, canvas: Size, point: Point): Point {
  return {
    x: (point.x + 0.5 - view.x) * view.scale + canvas.width / 2,
    y: (point.y + 0.5 - view.y) * view.scale + canvas.height / 2,
  };
}

/** Scale by `factor` so that the image point stays where it is. */
export function zoomAt(view: View, plane: Size, canvas: Size, at: Point, factor: number): View {
  const smallest = Math.min(1, fitView(plane, canvas).scale) / 2;
  const scale = Math.min(LARGEST_SCALE, Math.max(smallest, view.scale * factor));
  const kept = view.scale / scale;
  return {
    x: at.x + 0.5 + (view.x - at.x - 0.5) * kept,
    y: at.y + 0.5 + (view.y - at.y - 0.5) * kept,
    scale,
  };
}

/** Move by canvas pixels; some of the plane stays in sight. */
export function panBy(view: View, plane: Size, dx: number, dy: number): View {
  const clamp = (value: number, high: number): number => Math.min(high, Math.max(0, value));
  return {
    x: clamp(view.x - dx / view.scale, plane.width),
    y: clamp(view.y - dy / view.scale, plane.height),
    scale: view.scale,
  };
}

/** The part of the plane in sight, in whole pixels. */
export function visibleRect(view: View, plane: Size, canvas: Size): Rect {
  const halfWidth = canvas.width / 2 / view.scale;
  const halfHeight = canvas.height / 2 / view.scale;
  return {
    x0: Math.max(0, Math.floor(view.x - halfWidth)),
    y0: Math.max(0, Math.floor(view.y - halfHeight)),
    x1: Math.min(plane.width, Math.ceil(view.x + halfWidth)),
    y1: Math.min(plane.height, Math.ceil(view.y + halfHeight)),
  };
}

/** The pyramid level whose pixels are at least as fine as the canvas'. */
export function levelFor(scale: number, levels: number): number {
  return Math.min(levels - 1, Math.max(0, Math.floor(Math.log2(1 / scale) + 0.01)));
}

/** The tiles of a level that a part of the plane (full-resolution pixels) lies in. */
export function tilesOf(area: Rect, level: number): Tile[] {
  const tiles: Tile[] = [];
  const shift = level + CHUNK_SHIFT;
  for (let row = area.y0 >> shift; row <= (area.y1 - 1) >> shift; row++) {
    for (let column = area.x0 >> shift; column <= (area.x1 - 1) >> shift; column++) {
      tiles.push({ level, column, row });
    }
  }
  return tiles;
}
