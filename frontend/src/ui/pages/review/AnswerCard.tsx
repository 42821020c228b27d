/** One person's answer, or what all answers add up to, over the picture. */
import type { ReactElement, ReactNode } from 'react';

import type { Image, LabelClass } from '../../../api';
import { PlaneView } from './PlaneView';
import type { Box } from './plane';

interface Props {
  title: string;
  hint: string;
  image: Image;
  region: Box | null;
  /** Path of the label plane; none for a classification. */
  labels?: string | undefined;
  outline: string;
  colorFor?: (label: number) => [number, number, number];
  hidden: boolean;
  /** The class given, in a classification. */
  label?: LabelClass | undefined;
  chosen: boolean;
  onChoose?: () => void;
  children: ReactNode;
}

export function AnswerCard(props: Props): ReactElement {
  const { title, hint, image, region, labels, outline, hidden, label, chosen, onChoose } = props;
  const { colorFor } = props;
  return (
    <article className={`answer${chosen ? ' chosen' : ''}`} aria-label={title} onClick={onChoose}>
      <PlaneView
        image={image}
        region={region}
        outline={outline}
        hidden={hidden}
        {...(labels ? { labels } : {})}
        {...(colorFor ? { colorFor } : {})}
      />
      <div className="answer-foot">
        <div>
          <div className="row">
            <i className="swatch" style={{ background: label?.color ?? outline }} />
            <b>{label ? label.name : title}</b>
          </div>
          <div className="muted small">{label ? `${title} · ${hint}` : hint}</div>
        </div>
        {props.children}
      </div>
    </article>
  );
}
