/** The picture: two canvases, which the session draws on and listens to. Give it a key per session: a canvas has one GL context for life. */
import { useEffect, useRef, useState, type ReactElement } from 'react';

import { GraphicsUnavailable } from '../../engine/renderer/gl';
import type { Session } from '../../engine/session';
import { keyLabel, useBindings } from '../keymap';
import { useT } from '../messages';
import { PictureCorners } from './PictureCorners';
import { useSnapshot } from './useSession';

export function Canvas({ session }: { session: Session }): ReactElement {
  const t = useT();
  const bindings = useBindings();
  const { loading, tool, views } = useSnapshot(session);
  const picture = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const [impossible, setImpossible] = useState(false);

  useEffect(() => {
    if (!picture.current || !overlay.current) return undefined;
    try {
      return session.attach(picture.current, overlay.current);
    } catch (error) {
      if (!(error instanceof GraphicsUnavailable)) throw error;
      setImpossible(true);
      return undefined;
    }
  }, [session]);

  if (impossible) {
    return (
      <div className="canvas-box">
        <div className="notice bad canvas-message" role="alert">
          <b>{t('webgl.title')}</b>
          <p>{t('webgl.text')}</p>
        </div>
      </div>
    );
  }
  return (
    <div className="canvas-box" data-tool={tool} data-ortho={views.ortho}>
      <canvas ref={picture} className="canvas-picture" />
      <canvas
        ref={overlay}
        className="canvas-overlay"
        tabIndex={0}
        role="application"
        aria-label={t('canvas.label')}
        aria-description={t('canvas.keys', { key: keyLabel(bindings['edit.cursor']) })}
      />
      <PictureCorners session={session} />
      {loading ? (
        <p className="canvas-loading" role="status">
          {t('canvas.loading')}
        </p>
      ) : null}
    </div>
  );
}
