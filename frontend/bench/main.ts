/** The benchmark page: the driver calls `bench`, see tests/benchmarks/canvas. */
import { Canvas2dPainter } from './canvas2dPainter';
import { Latency } from './latency';
import { measure, type Measured, type Times } from './measure';
import type { Painter } from './painter';
import { Scene, type SceneSpec } from './scene';
import { WebglPainter } from './webglPainter';

type How = 'webgl' | 'webgl half' | 'canvas2d';

interface Bench {
  graphics(): string;
  frames(spec: SceneSpec, how: How): Measured;
  startLatency(spec: SceneSpec, how: How): void;
  stopLatency(): Times;
}

declare global {
  interface Window {
    bench: Bench;
  }
}

const [WIDTH, HEIGHT] = [1100, 700];
const LARGEST_WHOLE = 1 << 24;

/** What was measured last, until its memory was. */
let kept: Painter | null = null;

function stage(how: How): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  // The product draws a quarter of the pixels while the zoom changes, where graphics are software.
  const share = how === 'webgl half' ? 0.5 : 1;
  canvas.width = WIDTH * share;
  canvas.height = HEIGHT * share;
  const stage = document.createElement('div');
  stage.className = 'stage';
  stage.append(canvas);
  document.body.replaceChildren(stage);
  return canvas;
}

function run(scene: Scene, how: How): Measured {
  const { width, height } = scene.spec;
  const paged = width * height > LARGEST_WHOLE;
  const canvas = stage(how);
  if (how === 'canvas2d') {
    const painter = new Canvas2dPainter(canvas, scene, paged);
    kept = painter;
    return measure(painter, () => undefined);
  }
  const painter = new WebglPainter(canvas, scene, paged);
  kept = painter;
  return measure(painter, () => {
    while (painter.bringMissing() > 0) {
      painter.invalidate();
      painter.draw();
    }
  });
}

let latency: { scene: Latency; painter: Painter } | null = null;

window.bench = {
  graphics() {
    const gl = document.createElement('canvas').getContext('webgl2');
    const info = gl?.getExtension('WEBGL_debug_renderer_info');
    return String(gl?.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  },
  frames(spec, how) {
    const scene = new Scene(spec);
    run(scene, how); // makes the labels, and lets the browser compile what it runs
    kept?.dispose();
    const measured = run(scene, how);
    scene.forget();
    return measured;
  },
  startLatency(spec, how) {
    const scene = new Scene(spec);
    const canvas = stage(how);
    const painter =
      how === 'canvas2d'
        ? new Canvas2dPainter(canvas, scene, false)
        : new WebglPainter(canvas, scene, false);
    latency = { scene: new Latency(painter), painter };
  },
  stopLatency() {
    const times = latency!.scene.stop();
    latency!.painter.dispose();
    latency = null;
    return times;
  },
};
