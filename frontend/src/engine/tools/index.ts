/** The tools by name. A new tool is one file and one line here. */
import { Box, PointMark } from './box';
import { Brush, Eraser } from './brush';
import { Classify } from './classify';
import { Click } from './click';
import { Delete } from './delete';
import { Ellipse } from './ellipse';
import { Fill } from './fill';
import { Lasso } from './lasso';
import { Merge } from './merge';
import { Polygon } from './polygon';
import { Pan, Select } from './select';
import { Split } from './split';
import { Threshold } from './threshold';
import type { Tool, ToolName } from './tool';
import { Wand } from './wand';

export type { ToolOptions } from './options';
export type { Dial, MaskPreview, Pointer, Preview, PreviewPoint, Tool, ToolName } from './tool';

export function makeTools(): Record<ToolName, Tool> {
  return {
    brush: new Brush(),
    eraser: new Eraser(),
    polygon: new Polygon(),
    lasso: new Lasso(),
    ellipse: new Ellipse(),
    box: new Box(),
    point: new PointMark(),
    click: new Click(),
    fill: new Fill(),
    wand: new Wand(),
    threshold: new Threshold(),
    merge: new Merge(),
    split: new Split(),
    delete: new Delete(),
    classify: new Classify(),
    select: new Select(),
    pan: new Pan(),
  };
}
