/** One person's answer, or what all answers add up to, over the picture. */
import type { ReactElement, ReactNode } from 'react';

import type { LabelClass } from '../../../api';
import { SceneView, type SceneViewProps } from './SceneView';

interface Props extends Omit<SceneViewProps, 'name'> {
  title: string;
  hint: string;
  /** Colour of the outlines, as #rrggbb. */
  outline: string;
  /** The class given, in a classification. */
  label?: LabelClass | undefined;
  chosen: boolean;
  onChoose?: () => void;
  children: ReactNode;
}

export function AnswerCard(props: Props): ReactElement {
  const { title, hint, outline, label, chosen, onChoose, children, ...view } = props;
  return (
    <article className={`answer${chosen ? ' chosen' : ''}`} aria-label={title} onClick={onChoose}>
      <SceneView {...view} name={title} />
      <div className="answer-foot">
        <div>
          <div className="row">
            <i className="swatch" style={{ background: label?.color ?? outline }} />
            <b>{label ? label.name : title}</b>
          </div>
          <div className="muted small">{label ? `${title} · ${hint}` : hint}</div>
        </div>
        {children}
      </div>
    </article>
  );
}
