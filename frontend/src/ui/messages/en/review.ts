/** Review. */
export const review = {
  'review.lead': 'Samples whose answers need a decision.',
  'review.list': 'Samples to review',
  'review.answersAgreement': '{n} answer, agreement {agreement}|{n} answers, agreement {agreement}',
  'review.short': '{n} answer · {agreement}|{n} answers · {agreement}',
  'review.disputed': 'disputed',
  'review.accept': 'Accept',
  'review.acceptThis': 'Accept this',
  'review.correct': 'Correct',
  'review.sendBack': 'Send back',
  'review.sendBackText':
    'The sample goes back into the queue and is asked again. The answers are kept.',
  'review.note': 'Note to the annotators',
  'review.hide': 'Hide outlines',
  'review.consensus': 'Consensus',
  'review.consensusHint':
    '{n} object, {disputed} disputed, agreement {agreement}|{n} objects, {disputed} disputed, agreement {agreement}',
  'review.answerHint': '{n} objects in {seconds}',
  'review.saved': 'Decision saved.',
  'review.keys':
    'Keys: A accept consensus, 1-9 choose an answer, Enter accept it, C correct, S send back, H hide outlines, J and K next and previous.',
  'review.emptyTitle': 'Nothing to review',
  'review.emptyText':
    'Samples come here when answers disagree, or when the project lets a reviewer decide. Everything so far is decided.',
  'plane.failed': 'This picture cannot be shown.',
  'plane.noLabels': 'No outlines here.',
};
