/** A scene for as long as a page shows one picture. */
import { useMemo } from 'react';

import type { Image, Sample } from '../../../api';
import type { ChannelHistogram } from '../../../engine/image/contrast';
import { Scene } from '../../../engine/review/scene';

const NO_HISTOGRAM: readonly ChannelHistogram[] = [];

export function useScene(
  image: Image,
  region: Sample['region'] = null,
  histogram = NO_HISTOGRAM,
): Scene {
  return useMemo(() => new Scene(image, region, { histogram }), [image, region, histogram]);
}
