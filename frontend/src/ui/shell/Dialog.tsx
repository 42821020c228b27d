/** A modal dialog on the native element: focus stays inside, Escape closes. */
import { useId, useLayoutEffect, useRef, type ReactElement, type ReactNode } from 'react';

import { useT } from '../messages';

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ title, onClose, children }: Props): ReactElement {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  // Before the browser paints, and before what follows the dialog's end asks for the focus itself.
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog ref={element} className="dialog" aria-labelledby={id} onClose={onClose}>
      <div className="dialog-body">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  action: string;
  danger?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Ask before something that is hard to undo. */
export function Confirm({
  title,
  text,
  action,
  danger,
  onConfirm,
  onClose,
}: ConfirmProps): ReactElement {
  const t = useT();
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <div className="row">
        <button
          type="button"
          className={`btn ${danger ? 'danger' : 'primary'}`}
          onClick={onConfirm}
        >
          {action}
        </button>
        <button type="button" className="btn" onClick={onClose}>
          {t('do.cancel')}
        </button>
      </div>
    </Dialog>
  );
}
