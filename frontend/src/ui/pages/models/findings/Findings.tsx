/** What the run doctor found: what it means, what was seen, what to do; the gravest first. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';

import {
  api,
  type Figure,
  type Finding,
  type Project,
  type Run,
  type RunFigures,
} from '../../../../api';
import { useT } from '../../../messages';
import { wordFor } from '../../../shell/words';
import { FindingFigure } from './FindingFigure';
import './findings.css';
import { Remedies } from './Remedies';
import { findingText } from './texts';

const TONES: Record<Finding['severity'], string> = { error: 'bad', warning: 'warn', note: '' };

interface OneProps {
  project: Project;
  run: Run;
  finding: Finding;
  figures: Figure[];
}

function One({ project, run, finding, figures }: OneProps): ReactElement {
  const t = useT();
  return (
    <details className={`finding ${TONES[finding.severity]}`} open={finding.severity !== 'note'}>
      <summary>
        <span className={`badge ${TONES[finding.severity]}`}>
          {t(`finding.severity.${finding.severity}`)}
        </span>
        <b>{wordFor(t, 'finding.title', finding.code)}</b>
      </summary>
      <div className={figures.length > 0 ? 'finding-body with-figure' : 'finding-body'}>
        <div>
          <p>{findingText(finding, 'meaning')}</p>
          <p className="muted small">{finding.evidence}</p>
          <p>
            <b>{t('finding.todo')}</b> {findingText(finding, 'remedy')}
          </p>
          <Remedies project={project} run={run} actions={finding.actions} />
        </div>
        {figures.map((figure) => (
          <FindingFigure key={figure.title} figure={figure} />
        ))}
      </div>
    </details>
  );
}

interface Props {
  project: Project;
  run: Run;
}

export function Findings({ project, run }: Props): ReactElement | null {
  const t = useT();
  const codes = run.findings.map((finding) => finding.code).join();
  const figures = useQuery({
    queryKey: ['run-figures', run.id, run.state, codes],
    queryFn: ({ signal }) => api.get<RunFigures>(`runs/${run.id}/figures`, {}, signal),
    placeholderData: (before) => before,
  });
  const sight = figures.data?.sight ?? '';
  const over = run.state !== 'queued' && run.state !== 'running';
  if (run.findings.length === 0 && !sight && !over) return null;
  return (
    <section className="card findings">
      <header>
        <h2>{t('run.findings')}</h2>
      </header>
      {run.findings.length === 0 ? (
        <p className="muted">{t(over ? 'finding.none' : 'finding.noneYet')}</p>
      ) : null}
      {run.findings.map((finding, at) => (
        <One
          key={`${finding.code}${at}`}
          project={project}
          run={run}
          finding={finding}
          figures={figures.data?.findings[at] ?? []}
        />
      ))}
      {sight ? (
        <details className="finding">
          <summary>
            <b>{t('finding.sight')}</b>
          </summary>
          <figure className="finding-sight">
            <img src={sight} alt={t('finding.sight')} />
            <figcaption className="muted small">{t('finding.sightText')}</figcaption>
          </figure>
        </details>
      ) : null}
    </section>
  );
}
