/** Presets in words, and which one a run begins with. Pure. */
import type { Preset, Presets, TrainingSettings } from '../../../api';
import { hasMessage, type Translate } from '../../messages';

/** Text of a preset in the person's language, else as the server says it. */
export function presetText(t: Translate, preset: Preset, part: 'title' | 'reason'): string {
  const key = `preset.${part}.${preset.name}`;
  return hasMessage(key) ? t(key) : preset[part];
}

/** The preset that is proposed for the next run: only where nobody has chosen settings. */
export function proposedPreset(settings: TrainingSettings, presets: Presets): string {
  const chosen = Object.keys(settings.config).length > 0;
  return chosen ? '' : (presets.suggested ?? '');
}
