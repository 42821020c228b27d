/** Stroke the current path, or a given one, dark under light: to be seen on any picture. */
export function strokeVisibly(context: CanvasRenderingContext2D, scale = 1, path?: Path2D): void {
  const stroke = (): void => (path ? context.stroke(path) : context.stroke());
  context.lineWidth = 3 / scale;
  context.strokeStyle = 'rgb(0 0 0 / 60%)';
  stroke();
  context.lineWidth = 1.25 / scale;
  context.strokeStyle = '#fff';
  stroke();
}
