/** A section beside the picture that can be closed to make room; what stands in its head stays. */
import { useId, type ReactElement, type ReactNode } from 'react';

import { useOpenPanel } from './openPanels';

interface Props {
  /** Under which the choice is kept; stays the same when texts change. */
  id: string;
  title: string;
  /** Until the person chooses. */
  open?: boolean;
  className?: string;
  /** At the right of the title, shown when closed too. */
  aside?: ReactNode;
  children: ReactNode;
}

interface FoldProps {
  open: boolean;
  controls: string;
  onClick: () => void;
  children: ReactNode;
}

/** A title that opens and closes what is below it. */
export function Fold({ open, controls, onClick, children }: FoldProps): ReactElement {
  return (
    <button
      type="button"
      className="fold"
      aria-expanded={open}
      aria-controls={controls}
      onClick={onClick}
    >
      <span className="fold-mark" aria-hidden="true" />
      <span className="truncate">{children}</span>
    </button>
  );
}

export function Panel(props: Props): ReactElement {
  const { id, title, open: usual = true, className = '', aside, children } = props;
  const [open, toggle] = useOpenPanel(id, usual);
  const body = useId();
  return (
    <section className={`panel ${className}`} aria-label={title}>
      <header>
        <h2>
          <Fold open={open} controls={body} onClick={toggle}>
            {title}
          </Fold>
        </h2>
        {aside}
      </header>
      <div id={body} className="panel-body" hidden={!open}>
        {open ? children : null}
      </div>
    </section>
  );
}
