/** The decisions a reviewer takes on one sample. */
import { useNavigate } from 'react-router';

import { api, type Id, type Project, type Sample } from '../../../api';
import { useT } from '../../messages';
import { useAction } from '../../shell/mutate';

export interface Decision {
  decision: 'accept' | 'accept_answer' | 'send_back';
  annotation?: string;
  note?: string;
}

export interface ReviewActions {
  busy: boolean;
  decide: (decision: Decision) => void;
  correct: () => void;
}

export function useReview(project: Project, sample: Sample, onDecided: () => void): ReviewActions {
  const t = useT();
  const navigate = useNavigate();
  const refresh = [
    ['review-queue', project.id],
    ['overview', project.id],
    ['answers', sample.id],
  ];
  const decide = useAction(
    (decision: Decision) => api.post<Sample>(`samples/${sample.id}/review`, decision),
    { refresh, done: t('review.saved'), onDone: onDecided },
  );
  const page = project.task_kind === 'classification' ? 'classify' : 'annotate';
  const correct = (id: Id): void => void navigate(`/projects/${project.id}/${page}/${id}`);
  return { busy: decide.isPending, decide: decide.mutate, correct: () => correct(sample.id) };
}
