/** The decisions a reviewer takes on one sample. */
import { useNavigate } from 'react-router';

import { api, type Project, type Sample } from '../../../api';
import { useT } from '../../messages';
import { useAction } from '../../shell/mutate';

export interface Decision {
  decision: 'accept' | 'accept_answer' | 'send_back';
  /** The answer that is accepted. */
  annotation?: string;
  /** The answers that are sent back; all where none is named. */
  annotations?: string[];
  note?: string;
  /** Notes placed on the picture. */
  notes?: Record<string, unknown>[];
}

export interface ReviewActions {
  busy: boolean;
  decide: (decision: Decision) => void;
  /** Go to the page on which a correction is made. */
  openCorrection: () => void;
}

interface Events {
  onDecided: () => void;
  /** The server has the notes. */
  onSentBack: () => void;
}

export function useReview(project: Project, sample: Sample, events: Events): ReviewActions {
  const t = useT();
  const navigate = useNavigate();
  const refresh = [
    ['review-queue', project.id],
    ['overview', project.id],
    ['answers', sample.id],
    ['consensus', sample.id],
    ['agreement', sample.id],
  ];
  const { mutate, isPending } = useAction(
    async (decision: Decision) => {
      const decided = await api.post<Sample>(`samples/${sample.id}/review`, decision);
      if (decision.decision === 'send_back') events.onSentBack();
      return decided;
    },
    { refresh, done: t('review.saved'), onDone: events.onDecided },
  );
  const page = project.task_kind === 'classification' ? 'classify' : 'annotate';
  return {
    busy: isPending,
    decide: mutate,
    openCorrection: () => void navigate(`/projects/${project.id}/${page}/${sample.id}`),
  };
}
