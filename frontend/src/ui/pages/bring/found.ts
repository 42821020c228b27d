/** What is known of a file that was brought in, as rows of facts. Pure. */
import type { ModelImport } from '../../../api';
import type { Translate } from '../../messages';

type Found = ModelImport['found'];
type Check = 'test_output' | 'made_up_picture' | 'weights_fit';

export function checkOf(found: Found): Check | null {
  return found.checked?.by ?? null;
}

/** A plain value as text; nothing for what is none. */
export function plainText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

const listed = (value: unknown, between = ', '): string =>
  Array.isArray(value) ? value.map(String).join(between) : '';

/** What is done to intensities, in words with its numbers. */
export function normalisationText(t: Translate, value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const how = value as Record<string, unknown>;
  const kind = String(how.kind);
  const name = t(`bring.normalisation.${kind as 'none'}`);
  if (kind === 'percentiles') return `${name}: ${String(how.low)} .. ${String(how.high)}`;
  if (kind === 'linear') return `${name}: × ${listed(how.gain)} + ${listed(how.offset)}`;
  return name;
}

/** What each output channel means; classes by their names. */
export function outputsText(t: Translate, found: Found): string {
  const names = [...(found.classes ?? [])];
  const outputs = (found.spec?.outputs ?? []) as string[];
  return outputs
    .map((meaning) =>
      meaning === 'class'
        ? (names.shift() ?? t('use.class'))
        : t(`bring.meaning.${meaning as 'foreground'}`),
    )
    .join(', ');
}

export function factsOf(row: ModelImport, t: Translate): [string, string][] {
  const { found } = row;
  const spec = found.spec ?? {};
  const about = found.about ?? {};
  const rows: [string, string][] = [
    [t('bring.fact.file'), row.filename],
    [t('bring.fact.sha256'), row.sha256],
    [t('bring.fact.licence'), plainText(about.licence) || t('bring.noLicence')],
    [t('bring.fact.authors'), listed(about.authors)],
    [t('bring.fact.description'), plainText(about.description)],
    [t('bring.fact.cite'), listed(about.cite, '; ')],
    [t('bring.fact.format'), plainText(spec.format) || 'safetensors'],
    [t('bring.fact.axes'), plainText(spec.axes)],
    [t('bring.channels'), plainText(spec.channels)],
    [t('bring.normalisation'), normalisationText(t, spec.normalisation)],
    [t('bring.outputs'), outputsText(t, found)],
    [t('bring.fact.tile'), listed(spec.tile, ' × ')],
    [t('bring.fact.classes'), listed(found.classes)],
  ];
  return rows.filter(([, value]) => value !== '');
}
