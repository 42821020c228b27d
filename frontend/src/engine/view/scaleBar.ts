/** A scale bar of a round length. */
export interface ScaleBar {
  um: number;
  /** In CSS pixels. */
  width: number;
  value: number;
  unit: 'nm' | 'µm' | 'mm';
}

const LONGEST = 140; // CSS pixels

/** The longest bar of 1, 2 or 5 times a power of ten that is not longer than `longest`. */
export function scaleBar(umPerPixel: number, cssPerPixel: number, longest = LONGEST): ScaleBar {
  const most = (longest / cssPerPixel) * umPerPixel;
  const exponent = Math.floor(Math.log10(most));
  // Written as text, because 2 * 10 ** -1 and the like would leave a rest.
  const lengths = [5, 2, 1].map((step) => Number(`${step}e${exponent}`));
  const um = lengths.find((length) => length <= most) ?? lengths[2]!;
  return { um, width: (um / umPerPixel) * cssPerPixel, ...inUnit(um) };
}

function inUnit(um: number): Pick<ScaleBar, 'value' | 'unit'> {
  const rounded = (value: number): number => Number(value.toPrecision(1));
  if (um >= 1000) return { value: rounded(um / 1000), unit: 'mm' };
  return um < 1 ? { value: rounded(um * 1000), unit: 'nm' } : { value: um, unit: 'µm' };
}
