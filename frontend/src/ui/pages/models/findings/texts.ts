/** What a finding means and what to do, in the person's language as far as it is known. */
import type { Finding } from '../../../../api';
import { getLanguage } from '../../../messages';
import { findingSentences } from '../../../messages/zh/findingSentences';

/** A sentence of the server, which comes in English with the code of its finding. */
export function findingText(finding: Finding, part: 'meaning' | 'remedy'): string {
  const known = getLanguage() === 'zh' ? findingSentences[finding.code] : undefined;
  return known?.[part] ?? finding[part];
}
