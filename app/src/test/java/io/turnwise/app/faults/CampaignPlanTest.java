package io.turnwise.app.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CampaignPlanTest {
  private static final List<FaultKind> ALL = Arrays.asList(FaultKind.values());

  @Test
  void shouldHaveEveryKindWithinTenCampaignsWhateverTheSeed() {
    for (long seed = 0; seed < 200; seed++) {
      // When
      Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
      for (CampaignPlan plan : CampaignPlan.draw(ALL, 10, seed)) {
        plan.faults().forEach(fault -> kinds.add(fault.kind()));
      }

      // Then
      assertEquals(EnumSet.allOf(FaultKind.class), kinds, "seed " + seed);
    }
  }

  @Test
  void shouldGiveACampaignTheSameFaultsHoweverManyCampaignsThereAre() {
    // When
    CampaignPlan of7 = CampaignPlan.draw(ALL, 7, 42).get(6);
    CampaignPlan of100 = CampaignPlan.draw(ALL, 100, 42).get(6);

    // Then
    assertEquals(of7, of100);
  }

  @Test
  void shouldDrawOtherFaultsWithAnotherSeed() {
    assertNotEquals(CampaignPlan.draw(ALL, 10, 1), CampaignPlan.draw(ALL, 10, 2));
  }

  @Test
  void shouldHaveNoCampaignWithoutFaultsOrWithTheSameTwice() {
    for (CampaignPlan plan : CampaignPlan.draw(ALL, 300, 3)) {
      // When
      List<FaultKind> kinds = plan.faults().stream().map(PlannedFault::kind).toList();

      // Then
      assertTrue(!kinds.isEmpty(), "campaign " + plan.number());
      assertEquals(kinds.size(), EnumSet.copyOf(kinds).size(), "campaign " + plan.number());
    }
  }

  @Test
  void shouldBeginFaultsInTheirOrderWhileTheCallsArePlayed() {
    for (CampaignPlan plan : CampaignPlan.draw(ALL, 300, 4)) {
      // When
      List<Double> moments = plan.faults().stream().map(PlannedFault::at).toList();

      // Then
      assertEquals(moments.stream().sorted().toList(), moments, "campaign " + plan.number());
      assertTrue(moments.stream().allMatch(at -> at <= 0.75), "campaign " + plan.number());
    }
  }

  @Test
  void shouldRefuseAKindThatIsNamedTwice() {
    // Given
    List<FaultKind> twice = List.of(FaultKind.BROKER_LEADER_KILLED, FaultKind.BROKER_LEADER_KILLED);

    // Then
    assertThrows(IllegalArgumentException.class, () -> CampaignPlan.draw(twice, 3, 1));
  }

  @Test
  void shouldHaveOneCampaignForEachKindWhenAskedTo() {
    // When
    List<CampaignPlan> plans = CampaignPlan.oneEach(ALL, 1);

    // Then
    assertEquals(ALL, plans.stream().map(plan -> plan.faults().get(0).kind()).toList());
    assertTrue(plans.stream().allMatch(plan -> plan.faults().size() == 1));
  }
}
