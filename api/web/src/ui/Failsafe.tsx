import { Component, type ReactNode } from 'react';
import { type WithTranslation, withTranslation } from 'react-i18next';

interface Props extends WithTranslation {
  children: ReactNode;
}

/** Shows a sentence and a button instead of an empty page when a component fails. */
class FailsafeBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    const { t, children } = this.props;
    if (!this.state.failed) return children;
    return (
      <main className="crash" role="alert">
        <p>{t('problem.crash')}</p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          {t('problem.reload')}
        </button>
      </main>
    );
  }
}

export const Failsafe = withTranslation()(FailsafeBoundary);
