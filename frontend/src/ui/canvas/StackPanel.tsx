/** Going through a stack or movie: sliders, playback, projection, sections. */
import type { ReactElement } from 'react';

import { FASTEST_FPS, SLOWEST_FPS, type PlayAxis, type PlayMode } from '../../engine/view/playback';
import type { Projection } from '../../engine/view/projection';
import type { Session } from '../../engine/session';
import { keyLabel, useBindings } from '../keymap';
import { useT } from '../messages';
import { Axis } from './Axis';
import { Panel } from './Panel';
import { useSnapshot } from './useSession';

const MODES: readonly PlayMode[] = ['loop', 'bounce', 'once'];

function PlayControls({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { views, frames, depth } = useSnapshot(session);
  const { playback } = session.views;
  const key = keyLabel(useBindings()['view.play']);
  return (
    <div className="playback">
      <button
        type="button"
        className="btn small"
        aria-pressed={views.playing}
        aria-keyshortcuts={key}
        title={key}
        onClick={() => playback.toggle()}
      >
        {views.playing ? t('play.stop') : t('play.start')}
      </button>
      {frames > 1 && depth > 1 ? (
        <select
          aria-label={t('play.axis')}
          value={views.axis}
          onChange={(event) => playback.set({ axis: event.target.value as PlayAxis })}
        >
          <option value="t">{t('panel.frame')}</option>
          <option value="z">{t('panel.slice')}</option>
        </select>
      ) : null}
      <select
        aria-label={t('play.mode')}
        value={views.mode}
        onChange={(event) => playback.set({ mode: event.target.value as PlayMode })}
      >
        {MODES.map((mode) => (
          <option key={mode} value={mode}>
            {t(`play.${mode}`)}
          </option>
        ))}
      </select>
      <label className="row">
        <input
          type="number"
          min={SLOWEST_FPS}
          max={FASTEST_FPS}
          aria-label={t('play.fps')}
          value={views.fps}
          onChange={(event) => playback.set({ fps: Number(event.target.value) })}
        />
        <span className="muted">{t('play.perSecond')}</span>
      </label>
    </div>
  );
}

/** Slices to either side that a projection may take in. */
const REACHES = [1, 2, 5, 10];

function projectionOf(choice: string): Projection {
  if (choice === 'off' || choice === 'whole') return { kind: choice };
  return { kind: 'around', reach: Number(choice) };
}

function ProjectionChoice({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { views, depth } = useSnapshot(session);
  const { projection } = views;
  return (
    <label className="percentiles">
      <span>{t('project.label')}</span>
      <select
        value={projection.kind === 'around' ? String(projection.reach) : projection.kind}
        onChange={(event) => session.views.project(projectionOf(event.target.value))}
      >
        <option value="off">{t('project.off')}</option>
        {REACHES.filter((reach) => 2 * reach + 1 < depth).map((reach) => (
          <option key={reach} value={reach}>
            {t('project.around', { reach })}
          </option>
        ))}
        <option value="whole">{t('project.whole')}</option>
      </select>
    </label>
  );
}

function OrthoSwitch({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { views } = useSnapshot(session);
  return (
    <>
      <label className="row">
        <input
          type="checkbox"
          checked={views.ortho}
          onChange={() => session.views.ortho.toggle()}
        />
        {t('ortho.show')}
      </label>
      {views.ortho ? (
        <p className="muted small">
          {t('ortho.hint')} {session.views.ortho.calibrated ? null : t('ortho.noStep')}
        </p>
      ) : null}
    </>
  );
}

export function StackPanel({ session }: { session: Session }): ReactElement | null {
  const t = useT();
  const { slice, frames, depth } = useSnapshot(session);
  if (frames < 2 && depth < 2) return null;
  const { navigator } = session;
  return (
    <Panel id="stack" title={t('panel.stack')}>
      <Axis
        label={t('panel.frame')}
        count={frames}
        value={slice.t}
        onChange={(frame) => void navigator.goTo({ t: frame, z: slice.z })}
      />
      <Axis
        label={t('panel.slice')}
        count={depth}
        value={slice.z}
        onChange={(z) => void navigator.goTo({ t: slice.t, z })}
      />
      <PlayControls session={session} />
      {depth > 1 ? (
        <>
          <ProjectionChoice session={session} />
          <OrthoSwitch session={session} />
        </>
      ) : null}
    </Panel>
  );
}
