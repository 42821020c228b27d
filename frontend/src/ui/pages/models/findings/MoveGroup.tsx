/** A group on both sides of a split is given to one of them; asked again where that changes what scores mean. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';

import {
  api,
  ApiProblem,
  type FindingAction,
  type MovedGroup,
  type Project,
} from '../../../../api';
import { useT } from '../../../messages';
import { Confirm } from '../../../shell/Dialog';
import { useErrorText } from '../../../shell/forms';
import { toast } from '../../../shell/toasts';
import { wordFor } from '../../../shell/words';

/** What the server wants to be sure of. */
const TO_CONFIRM = ['leaves_test', 'was_trained_on'];

interface Props {
  project: Project;
  action: FindingAction;
}

export function MoveGroup({ project, action }: Props): ReactElement {
  const t = useT();
  const text = useErrorText();
  const client = useQueryClient();
  const [question, setQuestion] = useState<string | null>(null);
  const { group, split } = action;
  const names = { group: group.slice(group.indexOf('/') + 1), split: wordFor(t, 'split', split) };
  const move = useMutation({
    mutationFn: (confirmed: boolean) =>
      api.post<MovedGroup>(`projects/${project.id}/move-group`, { group, split, confirmed }),
    onSuccess: async ({ images }) => {
      toast(images > 0 ? t('finding.moved', { n: images }) : t('finding.movedNone'), 'ok');
      await client.invalidateQueries({ queryKey: ['overview', project.id] });
    },
    onError: (error) => {
      const asks = error instanceof ApiProblem && TO_CONFIRM.includes(error.code);
      if (asks) setQuestion(text(error));
      else toast(text(error), 'bad');
    },
  });
  return (
    <>
      <button
        type="button"
        className="btn small"
        disabled={move.isPending}
        onClick={() => move.mutate(false)}
      >
        {t('finding.move', names)}
      </button>
      {question === null ? null : (
        <Confirm
          title={t('finding.moveTitle')}
          text={question}
          action={t('finding.move', names)}
          danger
          onConfirm={() => {
            setQuestion(null);
            move.mutate(true);
          }}
          onClose={() => setQuestion(null)}
        />
      )}
    </>
  );
}
