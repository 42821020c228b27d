/** One person's answer, or what all answers add up to, over the picture. */
import type { ReactElement, ReactNode } from 'react';

import type { LabelClass } from '../../../api';
import { useT } from '../../messages';
import { SceneView, type SceneViewProps } from './SceneView';

interface Props extends Omit<SceneViewProps, 'name'> {
  title: string;
  hint: string;
  /** Colour of the outlines, as #rrggbb. */
  outline: string;
  /** The classes of a whole picture; undefined where it has outlines. */
  classes?: LabelClass[] | undefined;
  chosen: boolean;
  onChoose?: () => void;
  children: ReactNode;
}

export function AnswerCard(props: Props): ReactElement {
  const { title, hint, outline, classes, chosen, onChoose, children, ...view } = props;
  const t = useT();
  const name = classes && (classes.map((entry) => entry.name).join(' + ') || t('classify.none'));
  return (
    <article className={`answer${chosen ? ' chosen' : ''}`} aria-label={title} onClick={onChoose}>
      <SceneView {...view} name={title} />
      <div className="answer-foot">
        <div>
          <div className="row">
            {classes?.length ? (
              classes.map(({ index, color }) => (
                <i key={index} className="swatch" style={{ background: color }} />
              ))
            ) : (
              <i className="swatch" style={{ background: outline }} />
            )}
            <b>{name ?? title}</b>
          </div>
          <div className="muted small">{name === undefined ? hint : `${title} · ${hint}`}</div>
        </div>
        {children}
      </div>
    </article>
  );
}
