/** Listens to the keys of the review page. */
import { useEffect, useRef } from 'react';

import { reviewAction, type ReviewAction } from './keys';

/** `act` is replaced in place, so that no key is lost between two renders. */
export function useReviewKeys(act: (action: ReviewAction) => void): void {
  const handler = useRef(act);
  useEffect(() => {
    handler.current = act;
  }, [act]);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const action = reviewAction(event);
      if (!action) return;
      event.preventDefault();
      handler.current(action);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
