/** The card in the middle of the page on which somebody signs in, sets up or joins. */
import type { ReactElement, ReactNode } from 'react';

import { Mark } from '../../shell/Icon';

export function GateCard({
  title,
  children,
}: {
  title: string;
  children: ReactNode;
}): ReactElement {
  return (
    <main className="gate">
      <div className="gate-card stack">
        <div className="brand">
          <Mark />
          Cytoloop
        </div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
