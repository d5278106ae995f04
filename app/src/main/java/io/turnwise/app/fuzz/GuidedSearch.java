package io.turnwise.app.fuzz;

import java.util.SplittableRandom;

/** Feeds a target with mutations of what led somewhere new. The same seed makes the same cases. */
final class GuidedSearch {
  private GuidedSearch() {}

  static Findings search(Target target, long seed, Budget budget) {
    Findings findings = new Findings(target.name());
    Corpus corpus = new Corpus(target.examples());
    for (byte[] example : target.examples()) {
      Outcome outcome = target.run(example);
      if (!outcome.reason().equals("taken")) {
        throw new IllegalStateException(
            "the target " + target.name() + " refuses its own example: " + outcome.reason());
      }
      corpus.learn(example, outcome);
    }
    SplittableRandom random = new SplittableRandom(seed ^ target.name().hashCode());
    long began = System.nanoTime();
    while (!budget.spent(findings.cases())) {
      byte[] input = corpus.next(random);
      long from = System.nanoTime();
      String reason;
      try {
        Outcome outcome = target.run(input);
        corpus.learn(input, outcome);
        reason = outcome.reason();
      } catch (RuntimeException | Error defect) {
        findings.defect(Findings.describe(defect), input);
        reason = "DEFECT";
      }
      findings.count(reason, System.nanoTime() - from);
    }
    findings.took(System.nanoTime() - began);
    findings.ends(corpus.ends());
    return findings;
  }
}
