package io.turnwise.inference.model;

import java.util.Locale;

/**
 * What a model was asked to run on, what it runs on, and why: the outcome of the self-check at
 * start, and of a failure later.
 *
 * @param requested what was asked for
 * @param tried the provider that was compared with the CPU; the CPU itself where no other was
 * @param used what the model runs on
 * @param outcome what came of the comparison
 * @param agreement cosine between both embeddings of the self-check's sound; NaN where there are
 *     not two to compare
 * @param providerMillis median milliseconds of one segment on {@code tried}; NaN where not measured
 * @param cpuMillis the same on the CPU
 * @param reason one clause that says why {@code used} is used
 */
public record ProviderCheck(
    ProviderChoice requested,
    ExecutionProvider tried,
    ExecutionProvider used,
    Outcome outcome,
    double agreement,
    double providerMillis,
    double cpuMillis,
    String reason) {

  /** What came of a provider. */
  public enum Outcome {
    /** The CPU was to be used: nothing to compare. */
    NOT_NEEDED,
    PASSED,
    /** It could not be opened. */
    REFUSED,
    /** It failed to run, at start or later. */
    FAILED,
    /** It gave another embedding than the CPU. */
    WRONG,
    /** It gives the CPU's embeddings, but not sooner. */
    SLOWER
  }

  static ProviderCheck cpu(ProviderChoice requested, String reason) {
    return new ProviderCheck(
        requested,
        ExecutionProvider.CPU,
        ExecutionProvider.CPU,
        Outcome.NOT_NEEDED,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        reason);
  }

  /** The same provider, given up later. */
  ProviderCheck gaveUp(String why) {
    return new ProviderCheck(
        requested,
        tried,
        ExecutionProvider.CPU,
        Outcome.FAILED,
        agreement,
        providerMillis,
        cpuMillis,
        why);
  }

  /** Whether the CPU stands in for the provider that was tried. */
  public boolean fellBack() {
    return used != tried;
  }

  /** One line: requested, used, why, and what was measured. */
  @Override
  public String toString() {
    StringBuilder line =
        new StringBuilder("requested " + requested + ", used " + used + ": " + reason);
    if (!Double.isNaN(agreement)) {
      line.append(String.format(Locale.ROOT, "; cosine with the CPU %.6f", agreement));
    }
    if (!Double.isNaN(providerMillis)) {
      line.append(
          String.format(
              Locale.ROOT, "; %.1f ms a segment, CPU %.1f ms", providerMillis, cpuMillis));
    }
    return line.toString();
  }
}
