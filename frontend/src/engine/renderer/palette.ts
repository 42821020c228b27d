/** Colours of cells: light, far apart in lightness and hue, told apart by most colour-blind people (after Okabe and Ito). */
export type Rgb = readonly [number, number, number];

export const PALETTE: readonly Rgb[] = [
  [86, 180, 233],
  [230, 159, 0],
  [0, 190, 140],
  [240, 228, 66],
  [235, 120, 190],
  [255, 110, 60],
  [150, 160, 255],
  [190, 225, 130],
  [255, 190, 170],
  [60, 215, 225],
];

export const PALETTE_WIDTH = 4096;
export const PALETTE_HEIGHT = 64;

/** The colour of a cell by its id: neighbours in number differ. */
export function colorOfLabel(label: number): Rgb {
  return PALETTE[label % PALETTE.length]!;
}
