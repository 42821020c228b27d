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

/** The colour of a cell by its id: neighbours in number differ. */
export function colorOfLabel(label: number): Rgb {
  return PALETTE[label % PALETTE.length]!;
}

/** From orange over a pale yellow to blue: light all along, so that it is seen on dark pictures, and safe for colour-blind people. */
export const SCALE: readonly Rgb[] = [
  [255, 130, 30],
  [255, 225, 150],
  [90, 180, 255],
];

/** The colour of a value in [0, 1]: 0 is orange, 1 is blue. */
export function colorOfShare(share: number): Rgb {
  const at = Math.min(1, Math.max(0, share)) * (SCALE.length - 1);
  const below = Math.min(SCALE.length - 2, Math.floor(at));
  const [from, to] = [SCALE[below]!, SCALE[below + 1]!];
  const mix = (i: 0 | 1 | 2): number => Math.round(from[i] + (to[i] - from[i]) * (at - below));
  return [mix(0), mix(1), mix(2)];
}
