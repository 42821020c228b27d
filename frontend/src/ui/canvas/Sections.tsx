/** The XZ and YZ sections of a stack, below and beside the picture. */
import { useEffect, useRef, type KeyboardEvent, type ReactElement } from 'react';

import type { SectionAxis } from '../../engine/view/sections';
import type { Session } from '../../engine/session';
import { useT } from '../messages';
import { useSnapshot } from './useSession';

const FAR = 10;

function SectionView({ session, axis }: { session: Session; axis: SectionAxis }): ReactElement {
  const t = useT();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { views, slice } = useSnapshot(session);
  const { ortho } = session.views;
  useEffect(() => (canvas.current ? ortho.attach(axis, canvas.current) : undefined), [ortho, axis]);
  const onKey = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? FAR : 1;
    const [across, down] = ARROWS[event.code] ?? [0, 0];
    if (across === 0 && down === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const { x, y } = ortho.cross;
    if (axis === 'xz') ortho.moveTo({ x: x + across * step, z: slice.z + down * step });
    else ortho.moveTo({ y: y + down * step, z: slice.z + across * step });
  };
  const cut = axis === 'xz' ? views.cross.y : views.cross.x;
  return (
    <canvas
      ref={canvas}
      className={`section-view ${axis}`}
      tabIndex={0}
      role="application"
      aria-label={t(`ortho.${axis}`, { at: cut })}
      aria-description={t('ortho.keys')}
      onKeyDown={onKey}
    />
  );
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function Sections({ session }: { session: Session }): ReactElement | null {
  const { views } = useSnapshot(session);
  if (!views.ortho) return null;
  return (
    <>
      <SectionView session={session} axis="xz" />
      <SectionView session={session} axis="yz" />
    </>
  );
}
