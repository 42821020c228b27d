/** All that the report of a finished run shows: examples, classes, reliability, what went worst. */
import type { ReactElement, ReactNode } from 'react';
import { Link } from 'react-router';

import type { Project, RunDetail } from '../../../../api';
import { useT } from '../../../messages';
import { canReview } from '../../../shell/roles';
import { ClassCard } from './ClassCard';
import { CropGrid } from './CropGrid';
import { Gallery } from './Gallery';
import { ReliabilityCard } from './ReliabilityCard';
import { placeLink, reportOf, verdictOf, type ItemLine, type Report } from './report';
import { WorstCard } from './WorstCard';

interface Props {
  project: Project;
  run: RunDetail;
}

interface Lines {
  nameOf: (line: ItemLine) => string;
  linkOf: (line: ItemLine, child?: ReactNode) => ReactNode;
}

/** Names of the report's items, and links to where they can be worked on. */
function useLines({ project, run }: Props): Lines {
  const t = useT();
  const samples = new Map(run.samples.map((sample) => [String(sample.id), sample]));
  const open = t(canReview(project) ? 'report.openCanvas' : 'report.openImage');
  return {
    nameOf: (line) => {
      const name = samples.get(line.item)?.name ?? t('report.gone');
      return line.t ? `${name}, ${t('report.moment', { i: line.t + 1 })}` : name;
    },
    linkOf: (line, child) => {
      const sample = samples.get(line.item);
      const to = sample
        ? placeLink(project.id, line, { reviews: canReview(project), image: sample.image })
        : null;
      if (!to) return <span className="place">{child}</span>;
      return child ? (
        <Link to={to} title={open}>
          {child}
        </Link>
      ) : (
        <Link to={to}>{open}</Link>
      );
    },
  };
}

/** Why there are no examples. */
function whyNone({ examples }: Report): 'report.noValidation' | 'report.noExamples' {
  return examples && examples.available === 0 ? 'report.noValidation' : 'report.noExamples';
}

export function ReportCards(props: Props): ReactElement {
  const t = useT();
  const lines = useLines(props);
  const { run } = props;
  const report = reportOf(run);
  const { examples, classes, worst } = report;
  const names = classes?.names ?? [];
  const crops = examples?.items.some((item) => verdictOf(item, names) !== null);
  return (
    <>
      <section className="card stack">
        <header className="wraps">
          <h2>{t('report.examples')}</h2>
          {examples && examples.items.length > 0 ? (
            <span className="muted small">{t('report.examplesHint')}</span>
          ) : null}
        </header>
        {!examples || examples.items.length === 0 ? (
          <p className="muted">{t(whyNone(report))}</p>
        ) : crops ? (
          <CropGrid run={run.id} lines={examples.items} names={names} {...lines} />
        ) : (
          <Gallery run={run.id} examples={examples} names={names} {...lines} />
        )}
      </section>
      <div className="cols">
        {classes ? <ClassCard classes={classes} /> : null}
        <ReliabilityCard calibration={report.calibration} />
      </div>
      {worst ? <WorstCard run={run.id} worst={worst} names={names} {...lines} /> : null}
    </>
  );
}
