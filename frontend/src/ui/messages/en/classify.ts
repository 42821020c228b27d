/** The grid in which pictures are classified. */
export const classify = {
  'classify.label': 'Pictures to classify',
  'classify.lead':
    'Press the key of a class for what is selected; the focus moves to the next picture.',
  'classify.leadSeveral':
    'The key of a class adds it to what is selected, or takes it away. Delete says that it has none of them.',
  'classify.none': 'None of them',
  'classify.count': '{n} of {total} classified',
  'classify.rest': 'All the rest are',
  'classify.restDo': 'Set {n}',
  'classify.submit': 'Submit and go on',
  'classify.undo': 'Undo',
  'classify.suggested': 'Suggested: {name}',
  'classify.item': 'Picture {n}: {state}',
  'classify.open': 'not classified',
  'classify.single': 'One at a time',
  'classify.grid': 'Grid',
  'classify.failed':
    'One answer could not be submitted: {detail}|{n} answers could not be submitted: {detail}',
  'classify.noClasses': 'This project has no classes yet. A manager adds them under Settings.',
  'classify.contrast': 'Contrast',
  'classify.contrastImage': 'Of the whole image',
  'classify.contrastCrop': 'Of each picture',
  'classify.enter':
    'Enter takes the suggestion, arrows move, Shift and a class key gives it to all the rest.',
  'classify.classes': 'Classes',
  'classify.swept': '{n} pictures are now {name}.',
  'classify.sweptAway': '{n} pictures have no class any more.',
  'classify.selected': '{n} selected',
  'classify.deselect': 'Select none',
  'classify.asked':
    'A picture was answered otherwise elsewhere. Which answer counts?|{n} pictures were answered otherwise elsewhere. Which answers count?',
  'classify.askedItem': 'Picture {at}',
  'classify.keepMine': 'From here: {name}',
  'classify.keepTheirs': 'From elsewhere: {name}',
  'classify.allMine': 'All from here',
  'classify.allTheirs': 'All from elsewhere',
  'classify.late':
    'One answer from an earlier visit came after it was submitted and was left out.|{n} answers from an earlier visit came after they were submitted and were left out.',
  'classify.view': 'View',
  'classify.size': 'Size',
  'classify.order': 'Order',
  'classify.order.asked': 'As asked',
  'classify.order.unsure': 'Least sure first',
  'classify.order.sure': 'Most sure first',
  'classify.order.suggested': 'By suggested class',
  'classify.order.alike': 'Like the picture in focus',
  'classify.orderAgain': 'Sort again by the picture in focus',
  'classify.orderNoModel': 'No model has looked at these pictures yet, so there is no confidence.',
  'classify.orderWorking': 'Comparing the pictures',
  'classify.orderByModel': 'Likeness as the model of round {round} sees it.',
  'classify.orderByPicture':
    'Likeness by brightness, texture and radial profile of each picture: no model has placed all of them yet.',
  'classify.select':
    'Click, Shift and click, Ctrl and click, or draw a rectangle to select. Shift and arrows extend, Ctrl+A takes all, Escape none, Delete takes the class away.',
};
