/** Where trainings start: the project's setting, bases learnt without labels, comparisons. */
import type { ReactElement } from 'react';

import { api, type Project, type ProjectStart, type Start } from '../../../api';
import { useT } from '../../messages';
import { Field } from '../../shell/forms';
import { useAction } from '../../shell/mutate';
import { canManage } from '../../shell/roles';
import { Loaded } from '../../shell/states';
import { Pretrainings } from './Pretrainings';
import { StartComparisons } from './StartComparisons';
import { nowWords, startKey, startOfKey } from './starts';
import { StartSelect } from './StartSelect';
import { startLists, useProjectStart } from './useStarts';

function Setting({ project, answer }: { project: Project; answer: ProjectStart }): ReactElement {
  const t = useT();
  const use = useAction((start: Start) => api.put(`projects/${project.id}/start`, start), {
    refresh: startLists(project.id),
    done: t('begin.used'),
  });
  const now = t('begin.now', { start: nowWords(t, answer, project.id) });
  return (
    <>
      {canManage(project) ? (
        <Field label={t('begin.next')}>
          <StartSelect
            answer={answer}
            project={project.id}
            value={startKey(answer.chosen)}
            onChange={(key) => use.mutate(startOfKey(key))}
          />
        </Field>
      ) : null}
      <p className="muted small">
        {now} {t(`begin.why.${answer.now.why}`)}
      </p>
    </>
  );
}

export function Starts({ project }: { project: Project }): ReactElement {
  const t = useT();
  const start = useProjectStart(project.id);
  return (
    <>
      <section className="card stack">
        <header>
          <h2>{t('begin.title')}</h2>
        </header>
        <p className="muted small">{t('begin.lead')}</p>
        <Loaded query={start}>{(answer) => <Setting project={project} answer={answer} />}</Loaded>
      </section>
      <Pretrainings project={project} />
      <StartComparisons project={project} options={start.data?.options ?? []} />
    </>
  );
}
