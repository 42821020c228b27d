/** Where a project stands, and the next step. */
import { useQuery } from '@tanstack/react-query';
import { type ReactElement } from 'react';
import { Link } from 'react-router';

import { fetchAll, type Overview, type Project, type Round } from '../../../api';
import { serverSentence, useT } from '../../messages';
import { duration, number, percent, personName } from '../../shell/format';
import { PageHead } from '../../shell/PageHead';
import { useOverview } from '../../shell/queries';
import { canManage } from '../../shell/roles';
import { Loaded } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { ClassCounts, Progress } from './bars';
import { HeldOutNotice } from './HeldOutNotice';
import { LearningCard } from './LearningCard';
import { NextStep } from './NextStep';
import { Rounds } from './Rounds';
import { StartRound, StartTraining } from './StartButtons';

function Annotators({ rows }: { rows: Overview['annotators'] }): ReactElement {
  const t = useT();
  return (
    <section className="card flush">
      <header>
        <h2>{t('overview.annotators')}</h2>
      </header>
      {rows.length === 0 ? (
        <p className="muted pad">{t('overview.noAnnotators')}</p>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th>{t('overview.person')}</th>
              <th className="num">{t('overview.submitted')}</th>
              <th className="num">{t('overview.objects')}</th>
              <th className="num">{t('overview.perSample')}</th>
              <th className="num">{t('overview.editsPerObject')}</th>
              <th className="num">{t('overview.agreement')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.user.id}>
                <td>{personName(row.user)}</td>
                <td className="num">{number(row.submitted)}</td>
                <td className="num">{number(row.objects)}</td>
                <td className="num">
                  {row.submitted > 0 ? duration(row.seconds / row.submitted) : '-'}
                </td>
                <td className="num">
                  {row.objects > 0 ? (row.operations / row.objects).toFixed(1) : '-'}
                </td>
                <td className="num">{percent(row.agreement)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function QueueCard({ queue }: { queue: Overview['queue'] }): ReactElement {
  const t = useT();
  return (
    <section className="card">
      <header>
        <h2>{t('overview.queue')}</h2>
      </header>
      <div className="stats">
        <div className="stat">
          <b>{number(queue.open)}</b>
          <span>{t('overview.queueOpen')}</span>
        </div>
        <div className="stat">
          <b>{number(queue.leased)}</b>
          <span>{t('overview.queueLeased')}</span>
        </div>
      </div>
      {queue.empty_reason ? (
        <p className="muted small">
          {serverSentence(queue.empty_reason.code, queue.empty_reason.detail)}
        </p>
      ) : null}
    </section>
  );
}

function Body({ project, overview }: { project: Project; overview: Overview }): ReactElement {
  const rounds = useQuery({
    queryKey: ['rounds', project.id],
    queryFn: ({ signal }) => fetchAll<Round>('rounds', { project: project.id }, 200, signal),
    refetchInterval: 10_000,
  });
  return (
    <div className="stack">
      <NextStep project={project} step={overview.next_step} />
      <Progress overview={overview} />
      <HeldOutNotice overview={overview} />
      <div className="cols wide-left">
        <LearningCard project={project} />
        <div className="stack">
          <QueueCard queue={overview.queue} />
          <ClassCounts counts={overview.class_counts} />
        </div>
      </div>
      <div className="cols">
        <Rounds query={rounds} />
        <Annotators rows={overview.annotators} />
      </div>
    </div>
  );
}

export function OverviewPage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const overview = useOverview(project.id);
  return (
    <div className="page">
      <PageHead
        title={project.name}
        lead={t(`kind.${project.task_kind}`)}
        crumbs={<Link to="/">{t('nav.home')}</Link>}
      >
        {canManage(project) ? (
          <>
            {overview.data?.next_step.code === 'start_round' ? null : (
              <StartRound project={project} />
            )}
            <StartTraining project={project} accepted={overview.data?.samples.accepted ?? 0} />
          </>
        ) : null}
      </PageHead>
      <Loaded query={overview} lines={6}>
        {(data) => <Body project={project} overview={data} />}
      </Loaded>
    </div>
  );
}
