/** Commands that change what is on the screen, and no label. */
import type { LabelStyle } from '../../engine/renderer/renderer';
import type { Session, Snapshot } from '../../engine/session';
import type { MessageKey } from '../messages';
import type { CommandGroup, CommandSpec, Work } from './command';

/** Go through the planes of a stack or movie. */
function plane(key: string, t: number, z: number): CommandSpec {
  const lacking = ({ shown }: Work): MessageKey | null => {
    if (z !== 0) return shown.depth > 1 ? null : 'why.noSlices';
    return shown.frames > 1 ? null : 'why.noFrames';
  };
  return {
    key,
    repeats: true,
    run: ({ session, shown: { slice } }) =>
      void session.navigator.goTo({ t: slice.t + t, z: slice.z + z }),
    unavailable: lacking,
  };
}

/** Filled with lines, lines only, filled without lines. */
function nextShape({ fill, lines }: LabelStyle): Partial<LabelStyle> {
  if (fill && lines) return { fill: false, lines: true };
  return fill ? { fill: true, lines: true } : { fill: true, lines: false };
}

function nextColors(session: Session, { colors, colorModes }: Snapshot): void {
  const next = colorModes[(colorModes.indexOf(colors) + 1) % colorModes.length];
  if (next) session.labelView.setColors(next);
}

/** Switch a layer over the picture. */
function layer(key: string, id: string): CommandSpec {
  return {
    key,
    run: ({ session }) => void session.labelView.layers.toggle(id),
    unavailable: ({ shown }) =>
      shown.layers.layers.some((one) => one.id === id) ? null : 'why.noLayer',
  };
}

/** Go through the cells that a model proposed, by how sure it is. */
function unsure(key: string, by: 1 | -1): CommandSpec {
  return {
    key,
    repeats: true,
    run: ({ session }) => void session.proposals.step(by),
    unavailable: ({ shown }) => (shown.proposals ? null : 'why.noProposals'),
  };
}

export const view = {
  'view.labels': {
    key: 'KeyL',
    run: ({ session, shown }) => session.setStyle({ visible: !shown.style.visible }),
  },
  'view.outlines': {
    key: 'KeyO',
    run: ({ session, shown: { style } }) => session.setStyle(nextShape(style)),
  },
  'view.onlySelected': {
    key: 'Alt+KeyO',
    run: ({ session, shown: { style } }) => session.setStyle({ onlySelected: !style.onlySelected }),
    unavailable: ({ shown }) =>
      shown.selected || shown.style.onlySelected ? null : 'why.noneSelected',
  },
  'view.hideCell': {
    key: 'Alt+KeyH',
    run: ({ session }) => session.labelView.hideSelected(),
    unavailable: ({ shown }) => (shown.selected ? null : 'why.noneSelected'),
  },
  'view.reveal': {
    key: 'Alt+Shift+KeyH',
    run: ({ session }) => session.labelView.reveal(),
    unavailable: ({ shown }) => (shown.hidden > 0 ? null : 'why.noneHidden'),
  },
  'view.colors': { key: 'Alt+KeyC', run: ({ session, shown }) => nextColors(session, shown) },
  'view.proposal': layer('Alt+KeyP', 'proposal'),
  'view.consensus': layer('Alt+KeyK', 'consensus'),
  'view.uncertainty': {
    key: 'Alt+KeyU',
    run: ({ session }) => session.labelView.layers.toggleUncertainty(),
    unavailable: ({ shown }) => (shown.layers.hasUncertainty ? null : 'why.noUncertainty'),
  },
  'view.difference': {
    key: 'Alt+KeyX',
    run: ({ session, shown: { layers } }) =>
      session.labelView.layers.compareWith(
        layers.comparedWith === null ? (layers.layers[0]?.id ?? null) : null,
      ),
    unavailable: ({ shown }) => (shown.layers.layers.length > 0 ? null : 'why.noLayer'),
  },
  'view.auto': { key: 'KeyA', run: ({ session }) => session.display.channels.auto() },
  'view.fit': { key: 'Digit0', run: ({ session }) => session.navigator.fit() },
  'view.actual': { key: 'Shift+Digit0', run: ({ session }) => session.navigator.actualSize() },
  'view.zoomIn': {
    key: 'Equal',
    repeats: true,
    run: ({ session }) => session.navigator.zoomBy(1.3),
  },
  'view.zoomOut': {
    key: 'Minus',
    repeats: true,
    run: ({ session }) => session.navigator.zoomBy(1 / 1.3),
  },
  'view.unsure': unsure('KeyU', 1),
  'view.unsureBack': unsure('Shift+KeyU', -1),
  'view.sliceUp': plane('PageUp', 0, 1),
  'view.sliceDown': plane('PageDown', 0, -1),
  'view.frameBack': plane('Comma', -1, 0),
  'view.frameOn': plane('Period', 1, 0),
} satisfies CommandGroup;
