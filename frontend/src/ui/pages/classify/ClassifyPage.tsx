import type { ReactElement } from 'react';

interface Props {
  projectId: number;
  sampleId?: number;
}

export function ClassifyPage({ projectId }: Props): ReactElement {
  return <p>{projectId}</p>;
}
