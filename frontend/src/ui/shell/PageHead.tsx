/** Title, one lead sentence and the page's actions. */
import { useEffect, type ReactElement, type ReactNode } from 'react';

interface Props {
  title: string;
  lead?: ReactNode;
  crumbs?: ReactNode;
  children?: ReactNode;
}

export function PageHead({ title, lead, crumbs, children }: Props): ReactElement {
  useEffect(() => {
    document.title = `${title} - Cytoloop`;
  }, [title]);
  return (
    <>
      {crumbs ? <nav className="crumbs">{crumbs}</nav> : null}
      <div className="page-head">
        <div>
          <h1>{title}</h1>
          {lead ? <p className="lead">{lead}</p> : null}
        </div>
        {children ? <div className="actions">{children}</div> : null}
      </div>
    </>
  );
}
