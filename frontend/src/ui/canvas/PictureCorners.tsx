/** What lies over the corners of the picture: scale bar, minimap, and what a projection is made of. */
import { useEffect, useRef, type ReactElement } from 'react';

import { scaleBar } from '../../engine/view/scaleBar';
import type { Session } from '../../engine/session';
import { useT } from '../messages';
import { useSnapshot } from './useSession';

/** Pixels count as square where their sides differ by less. */
const SQUARE_WITHIN = 0.005;

function ScaleBar({ session }: { session: Session }): ReactElement | null {
  const t = useT();
  const { zoom } = useSnapshot(session);
  const { x, y } = session.source.pixelSize ?? { x: null, y: null };
  if (!x) return null;
  const { width, value, unit } = scaleBar(x, zoom / (window.devicePixelRatio || 1));
  const text = `${value} ${unit}`;
  const alongX = y !== null && Math.abs(y / x - 1) > SQUARE_WITHIN;
  return (
    <div className="scale-bar" role="img" aria-label={t('scale.label', { length: text })}>
      <span>{alongX ? t('scale.alongX', { length: text }) : text}</span>
      <i style={{ width }} />
    </div>
  );
}

function Minimap({ session }: { session: Session }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { minimap } = session.views;
  useEffect(() => (canvas.current ? minimap.attach(canvas.current) : undefined), [minimap]);
  return <canvas ref={canvas} className="minimap" style={minimap.size} aria-hidden="true" />;
}

function Projected({ session }: { session: Session }): ReactElement | null {
  const t = useT();
  const { views, slice } = useSnapshot(session);
  if (!views.projected) return null;
  const { from, to } = views.projected;
  return (
    <p className="projected" role="status">
      {t('project.shown', { from: from + 1, to: to + 1, z: slice.z + 1 })}
    </p>
  );
}

export function PictureCorners({ session }: { session: Session }): ReactElement {
  const { views } = useSnapshot(session);
  return (
    <>
      <ScaleBar session={session} />
      {views.minimapNeeded ? <Minimap session={session} /> : null}
      <Projected session={session} />
    </>
  );
}
