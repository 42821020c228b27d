/** A scene for as long as a page shows one picture. */
import { useMemo } from 'react';

import type { Image, Sample } from '../../../api';
import { Scene } from '../../../engine/compare/scene';

export function useScene(image: Image, region: Sample['region'] = null): Scene {
  return useMemo(() => new Scene(image, region), [image, region]);
}
