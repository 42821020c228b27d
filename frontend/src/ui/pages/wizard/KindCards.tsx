/** The question a project asks, as cards in plain words. */
import type { ReactElement } from 'react';

import type { TaskKind } from '../../../api';
import { useT } from '../../messages';

const KINDS = ['instance', 'semantic', 'classification'] as const;

interface Props {
  value: TaskKind;
  onChange: (kind: TaskKind) => void;
}

function SemanticSketch(): ReactElement {
  return (
    <svg width="54" height="44" viewBox="0 0 54 44" fill="none" aria-hidden="true">
      <rect x="2" y="3" width="50" height="38" rx="3" fill="var(--c2)" fillOpacity="0.15" />
      <path
        d="M2 30C12 22 20 34 30 27s14-16 22-14v25a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3z"
        fill="var(--c1)"
        fillOpacity="0.35"
        stroke="var(--c1)"
        strokeWidth="2"
      />
      <ellipse
        cx="19"
        cy="14"
        rx="10"
        ry="6"
        fill="var(--c3)"
        fillOpacity="0.3"
        stroke="var(--c3)"
        strokeWidth="2"
      />
    </svg>
  );
}

function Sketch({ kind }: { kind: (typeof KINDS)[number] }): ReactElement {
  if (kind === 'semantic') return <SemanticSketch />;
  return kind === 'instance' ? (
    <svg width="54" height="44" viewBox="0 0 54 44" fill="none" aria-hidden="true">
      <ellipse
        cx="17"
        cy="17"
        rx="11"
        ry="9"
        fill="var(--c1)"
        fillOpacity="0.25"
        stroke="var(--c1)"
        strokeWidth="2"
      />
      <ellipse
        cx="34"
        cy="26"
        rx="12"
        ry="10"
        fill="var(--c2)"
        fillOpacity="0.25"
        stroke="var(--c2)"
        strokeWidth="2"
      />
      <circle
        cx="14"
        cy="35"
        r="6"
        fill="var(--c3)"
        fillOpacity="0.25"
        stroke="var(--c3)"
        strokeWidth="2"
      />
    </svg>
  ) : (
    <svg width="54" height="44" viewBox="0 0 54 44" fill="none" aria-hidden="true">
      <rect x="3" y="5" width="20" height="15" rx="2" stroke="var(--c1)" strokeWidth="2" />
      <rect x="31" y="5" width="20" height="15" rx="2" stroke="var(--c2)" strokeWidth="2" />
      <rect x="3" y="26" width="20" height="15" rx="2" stroke="var(--c2)" strokeWidth="2" />
      <rect x="31" y="26" width="20" height="15" rx="2" stroke="var(--c1)" strokeWidth="2" />
      <circle cx="13" cy="12.5" r="3" fill="var(--c1)" />
      <path d="M38 16l3-7 3 7z" fill="var(--c2)" />
      <path d="M10 37l3-7 3 7z" fill="var(--c2)" />
      <circle cx="41" cy="33.5" r="3" fill="var(--c1)" />
    </svg>
  );
}

export function KindCards({ value, onChange }: Props): ReactElement {
  const t = useT();
  return (
    <>
      <fieldset className="kinds">
        <legend className="sr-only">{t('wizard.kind')}</legend>
        {KINDS.map((kind) => (
          <label key={kind} className="kind">
            <input
              type="radio"
              name="kind"
              value={kind}
              checked={value === kind}
              onChange={() => onChange(kind)}
              className="sr-only"
            />
            <Sketch kind={kind} />
            <span>
              <b>{t(`kind.${kind}`)}</b>
              <br />
              <span className="muted small">{t(`wizard.kind.${kind}`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p className="muted small">{t('wizard.kindLater')}</p>
    </>
  );
}
