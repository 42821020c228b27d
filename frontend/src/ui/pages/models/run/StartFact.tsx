/** Where a run started, and what a comparison says of that start. */
import type { ReactElement } from 'react';

import type { Id, RunDetail } from '../../../../api';
import { useT } from '../../../messages';
import { comparisonFor, gainsOf, startOfRun, startWords } from '../../starts/starts';
import { useProjectStart, useStartComparisons } from '../../starts/useStarts';

export function StartFact({ run, projectId }: { run: RunDetail; projectId: Id }): ReactElement {
  const t = useT();
  const options = useProjectStart(projectId).data?.options ?? [];
  const comparisons = useStartComparisons(projectId).data ?? [];
  const found = comparisonFor(run, comparisons);
  const gain = found
    ? gainsOf(t, found.comparison, options).find((one) => one.name === found.name)
    : undefined;
  return (
    <>
      <dt>{t('begin.trained')}</dt>
      <dd>
        {startWords(t, startOfRun(run), options, projectId)}
        {gain ? <span className="muted small block">{gain.text}</span> : null}
      </dd>
    </>
  );
}
