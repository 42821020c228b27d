/** The tools by name. A new tool is one file and one line here. */
import { Brush, Eraser } from './brush';
import { Delete } from './delete';
import { Fill } from './fill';
import { Merge } from './merge';
import { Polygon } from './polygon';
import { Pan, Select } from './select';
import { Split } from './split';
import type { Tool, ToolName } from './tool';

export type { MaskPreview, Pointer, Preview, PreviewPoint, Tool, ToolName } from './tool';

export function makeTools(): Record<ToolName, Tool> {
  return {
    brush: new Brush(),
    eraser: new Eraser(),
    polygon: new Polygon(),
    fill: new Fill(),
    merge: new Merge(),
    split: new Split(),
    delete: new Delete(),
    select: new Select(),
    pan: new Pan(),
  };
}
