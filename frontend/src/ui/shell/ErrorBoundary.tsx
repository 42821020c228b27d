/** Catches what a page throws while it is drawn, and says what to do. */
import { Component, type ReactNode } from 'react';

import { t } from '../messages';

interface State {
  error: Error | null;
}

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render(): ReactNode {
    if (!this.state.error) return this.props.children;
    return (
      <div className="page">
        <div className="notice bad stack" role="alert">
          <b>{t('error.title')}</b>
          <p>{t('error.page')}</p>
          <pre className="muted small">{this.state.error.message}</pre>
          <div>
            <button type="button" className="btn" onClick={() => location.reload()}>
              {t('error.reload')}
            </button>
          </div>
        </div>
      </div>
    );
  }
}
