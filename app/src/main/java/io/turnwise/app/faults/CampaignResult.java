package io.turnwise.app.faults;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a campaign.
 *
 * @param seconds from the first chunk to the last output
 * @param difference from the run without faults
 * @param faults as they were done; none where the campaign broke off
 * @param stuck calls whose outputs were not all there in time
 * @param gapMillis longest gap by the faults it belongs to
 * @param ownEnds how often an instance ended by itself and was started again by its supervisor
 * @param wrongEnds instances that were told to stop and ended otherwise, or not in time: a line
 *     each
 * @param error why the campaign could not be carried out; empty where it was
 */
record CampaignResult(
    CampaignPlan plan,
    List<DoneFault> faults,
    double seconds,
    Answers.Difference difference,
    List<String> stuck,
    Map<String, Long> gapMillis,
    int ownEnds,
    List<String> wrongEnds,
    Optional<String> error) {
  CampaignResult {
    faults = List.copyOf(faults);
    stuck = List.copyOf(stuck);
    gapMillis = Map.copyOf(gapMillis);
    wrongEnds = List.copyOf(wrongEnds);
  }

  /** Of a campaign that broke off. */
  static CampaignResult failed(CampaignPlan plan, String error) {
    return new CampaignResult(
        plan,
        List.of(),
        0,
        new Answers.Difference(0, 0, 0, 0, List.of()),
        List.of(),
        Map.of(),
        0,
        List.of(),
        Optional.of(error));
  }

  /** Whether everything that was put out is as without the faults, and all of it was. */
  boolean byteEqual() {
    return difference.none() && stuck.isEmpty() && error.isEmpty();
  }

  /** Whether nothing at all is to be looked into. */
  boolean passed() {
    return byteEqual() && wrongEnds.isEmpty();
  }

  /**
   * Whether a fault of this kind had anything to spoil; where the campaign broke off, it may have.
   */
  boolean tried(FaultKind kind) {
    return error.isPresent()
        ? plan.has(kind)
        : faults.stream().anyMatch(fault -> fault.tried() && fault.planned().kind() == kind);
  }

  /** What was done for a fault of the plan; that it was not, where the campaign broke off first. */
  String detail(PlannedFault planned) {
    return faults.stream()
        .filter(fault -> fault.planned() == planned)
        .map(fault -> fault.detail() + (fault.tried() ? "" : " (nothing was left to spoil)"))
        .findFirst()
        .orElse("not carried out");
  }

  long longestGapMillis() {
    return gapMillis.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }
}
