package io.turnwise.app.faults;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * The faults of one campaign, in the order in which they begin.
 *
 * @param number from 1
 */
record CampaignPlan(int number, List<PlannedFault> faults) {
  private static final double EARLIEST = 0.2;
  private static final double LATEST_FIRST = 0.35;
  private static final double LATEST_ALONE = 0.5;
  private static final double EARLIEST_SECOND = 0.55;
  private static final double LATEST = 0.75;

  CampaignPlan {
    if (faults.isEmpty()) {
      throw new IllegalArgumentException("faults: is empty");
    }
    faults = List.copyOf(faults);
  }

  /**
   * Draws the faults of the campaigns 1 to {@code campaigns}. Kinds are dealt from a shuffled deck,
   * one and two in turn, so that each comes before any comes twice too often; a campaign's faults
   * are the same however many campaigns there are.
   *
   * @param kinds those that this machine can have; not empty, and none twice
   */
  static List<CampaignPlan> draw(List<FaultKind> kinds, int campaigns, long seed) {
    if (kinds.isEmpty() || kinds.stream().distinct().count() < kinds.size()) {
      throw new IllegalArgumentException("kinds: " + kinds + " is empty or has one twice");
    }
    Random random = new Random(seed);
    Deque<FaultKind> deck = new ArrayDeque<>();
    List<CampaignPlan> plans = new ArrayList<>();
    for (int number = 1; number <= campaigns; number++) {
      List<FaultKind> drawn = new ArrayList<>();
      int count = kinds.size() == 1 ? 1 : 1 + number % 2;
      while (drawn.size() < count) {
        if (deck.isEmpty()) {
          List<FaultKind> shuffled = new ArrayList<>(kinds);
          Collections.shuffle(shuffled, random);
          deck.addAll(shuffled);
        }
        FaultKind kind = deck.removeFirst();
        if (drawn.contains(kind)) {
          deck.addLast(kind);
        } else {
          drawn.add(kind);
        }
      }
      plans.add(of(number, drawn, random));
    }
    return plans;
  }

  /** One campaign for each kind, with nothing else in it. */
  static List<CampaignPlan> oneEach(List<FaultKind> kinds, long seed) {
    Random random = new Random(seed);
    List<CampaignPlan> plans = new ArrayList<>();
    for (FaultKind kind : kinds) {
      plans.add(of(plans.size() + 1, List.of(kind), random));
    }
    return plans;
  }

  private static CampaignPlan of(int number, List<FaultKind> kinds, Random random) {
    List<PlannedFault> faults = new ArrayList<>();
    // What is there from the start comes first.
    for (FaultKind kind :
        kinds.stream().sorted(Comparator.comparing(kind -> !kind.atStart())).toList()) {
      boolean first = faults.isEmpty();
      double from = first ? EARLIEST : EARLIEST_SECOND;
      double to = !first ? LATEST : kinds.size() == 1 ? LATEST_ALONE : LATEST_FIRST;
      double at = from + (to - from) * random.nextDouble();
      faults.add(
          new PlannedFault(
              kind, kind == FaultKind.REGISTRY_DOWN_AT_START ? 0 : at, random.nextLong()));
    }
    return new CampaignPlan(number, faults);
  }

  boolean has(FaultKind kind) {
    return faults.stream().anyMatch(fault -> fault.kind() == kind);
  }
}
