import { api, type Predicted } from '../../../api';

const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 5000;

/** Ask until an answer is there, less and less often. */
export async function waitFor(asked: Predicted): Promise<Predicted> {
  let answer = asked;
  for (
    let pause = FIRST_PAUSE;
    answer.state !== 'done';
    pause = Math.min(LONGEST_PAUSE, 1.5 * pause)
  ) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    answer = await api.get<Predicted>(`predictions/${answer.id}`);
  }
  return answer;
}
