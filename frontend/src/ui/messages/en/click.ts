/** Click to segment. */
export const click = {
  'tool.click': 'Click cell',
  'tip.click':
    'Click a cell to outline it. Click on to add, Alt or right click to take away; Enter keeps, Backspace takes back.',
  'click.notYet': 'Says here what an outline comes from, once you have clicked a cell.',
  'click.byModel': 'Outlined from what model {n} saw in this picture.',
  'click.byPicture': 'Outlined from the intensities: no model has looked at this picture yet.',
  'hint.click_inside_first': 'Click inside the cell first; then click away what is not it.',
  'hint.click_nothing':
    'Nothing stands out here. Click nearer to the middle of the cell, or draw it with the brush.',
  'hint.click_too_far':
    'Clicks for one cell lie near each other. Keep this cell with Enter, then click the next.',
  'hint.click_offline':
    'The server cannot be reached, so no cell can be outlined by clicks now. Drawing works as before; try the click again later.',
  'hint.click_signed_out': 'You were signed out. Sign in again, then click once more.',
  'hint.click_refused': 'This cell cannot be outlined by clicks. Draw it with the brush.',
};
