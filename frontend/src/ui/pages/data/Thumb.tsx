/** Thumbnail of an image, or what became of it while there is none. */
import { useState, type ReactElement } from 'react';

import { apiUrl, type Image } from '../../../api';
import { useT } from '../../messages';

export function Thumb({ image }: { image: Pick<Image, 'id' | 'name' | 'status'> }): ReactElement {
  const t = useT();
  const [broken, setBroken] = useState(false);
  if (image.status !== 'ready' || broken) {
    return (
      <div className="thumb-blank">
        {t(image.status === 'failed' || broken ? 'data.failed' : 'data.preparing')}
      </div>
    );
  }
  return (
    <img
      src={apiUrl(`images/${image.id}/thumbnail`)}
      alt={image.name}
      loading="lazy"
      onError={() => setBroken(true)}
    />
  );
}
