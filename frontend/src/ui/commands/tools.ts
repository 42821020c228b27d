/** Commands that take a tool in hand. */
import type { ToolName } from '../../engine/tools';
import type { CommandGroup, CommandSpec } from './command';

function tool(name: ToolName, key: string): CommandSpec {
  return { key, run: ({ session }) => session.toolbox.choose(name) };
}

export const tools = {
  'tool.brush': tool('brush', 'KeyB'),
  'tool.eraser': tool('eraser', 'KeyE'),
  'tool.polygon': tool('polygon', 'KeyP'),
  'tool.lasso': tool('lasso', 'KeyG'),
  'tool.ellipse': tool('ellipse', 'KeyI'),
  'tool.box': tool('box', 'KeyR'),
  'tool.point': tool('point', 'KeyJ'),
  'tool.click': tool('click', 'KeyC'),
  'tool.fill': tool('fill', 'KeyF'),
  'tool.wand': tool('wand', 'KeyW'),
  'tool.threshold': tool('threshold', 'KeyT'),
  'tool.merge': tool('merge', 'KeyM'),
  'tool.split': tool('split', 'KeyX'),
  'tool.delete': tool('delete', 'KeyD'),
  'tool.classify': tool('classify', 'KeyY'),
  'tool.select': tool('select', 'KeyV'),
  'tool.pan': tool('pan', 'KeyH'),
} satisfies CommandGroup;
