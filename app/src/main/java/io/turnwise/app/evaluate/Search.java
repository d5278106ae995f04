package io.turnwise.app.evaluate;

import java.util.function.ToDoubleFunction;

/** Looks for the settings of least loss. Deterministic: equal losses lead to equal settings. */
@FunctionalInterface
interface Search {
  /**
   * @param loss of a candidate, the less the better; may be slow, and is the same each time
   * @return the best that was found; of equals the one that was tried first
   */
  Candidate best(ToDoubleFunction<Candidate> loss);
}
