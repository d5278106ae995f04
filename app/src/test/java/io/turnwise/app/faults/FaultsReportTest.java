package io.turnwise.app.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FaultsReportTest {
  private static final PlannedFault FAULT =
      new PlannedFault(FaultKind.BROKER_LEADER_KILLED, 0.25, 7);
  private static final CampaignPlan PLAN = new CampaignPlan(3, List.of(FAULT));

  @Test
  void shouldAddUpAllCampaignsInOneLine() {
    // Given
    FaultsReport report =
        FaultsReport.of(
            List.of(
                result(new Answers.Difference(0, 0, 0, 0, List.of()), List.of()),
                result(new Answers.Difference(2, 1, 4, 3, List.of("there")), List.of())));

    // When
    String json = report.json();

    // Then
    assertEquals(
        "{\"campaigns\":2,\"lost\":2,\"duplicated\":1,\"maxGapMillis\":3200,\"faults\":2,"
            + "\"byteEqual\":1,\"invented\":4,\"reordered\":3,\"stuck\":0,\"brokeOff\":0}",
        json);
    assertFalse(report.passed());
  }

  @Test
  void shouldTellOneCampaignInOneLine() {
    assertEquals(
        "{\"campaign\":3,\"seed\":9,\"faults\":[{\"kind\":\"kill-leader\",\"at\":0.25,"
            + "\"detail\":\"broker 1 killed\",\"tried\":true}],\"seconds\":21.4,\"lost\":0,\"duplicated\":0,"
            + "\"invented\":0,\"reordered\":0,\"stuck\":0,\"byteEqual\":true,"
            + "\"gapMillis\":{\"kill-leader\":3200},\"restartedBySupervisor\":1,"
            + "\"endedOtherwise\":0}",
        FaultsReport.json(result(new Answers.Difference(0, 0, 0, 0, List.of()), List.of()), 9));
  }

  @Test
  void shouldNotPassWhenACallIsStuckThoughNothingDiffers() {
    assertFalse(result(new Answers.Difference(0, 0, 0, 0, List.of()), List.of("input")).passed());
  }

  @Test
  void shouldNotPassWhenOnlyTheOrderDiffers() {
    assertFalse(result(new Answers.Difference(0, 0, 0, 1, List.of("there")), List.of()).passed());
  }

  @Test
  void shouldNotPassWhenTheCampaignBrokeOff() {
    CampaignResult broken = CampaignResult.failed(PLAN, "no broker");
    assertFalse(broken.passed());
    assertTrue(FaultsReport.text(broken).contains("BROKE OFF, no broker"));
    assertTrue(FaultsReport.json(broken, 1).contains("\"error\":\"no broker\""));
    assertTrue(FaultsReport.of(List.of(broken)).json().endsWith("\"brokeOff\":1}"));
  }

  @Test
  void shouldNotPassWithoutACampaign() {
    assertFalse(FaultsReport.of(List.of()).passed());
  }

  @Test
  void shouldNotPassWhenAnInstanceEndedOtherwiseThanTold() {
    // Given
    CampaignResult result =
        result(
            new Answers.Difference(0, 0, 0, 0, List.of()),
            List.of(),
            List.of("instance-1 ended with 134 when it was told to stop"));

    // Then
    assertFalse(result.passed());
    assertTrue(result.byteEqual());
    assertTrue(FaultsReport.text(result).contains("ENDED OTHERWISE THAN TOLD"));
    assertTrue(FaultsReport.json(result, 1).contains("\"byteEqual\":true"));
    assertTrue(FaultsReport.json(result, 1).contains("\"endedOtherwise\":1"));
  }

  private static CampaignResult result(Answers.Difference difference, List<String> stuck) {
    return result(difference, stuck, List.of());
  }

  private static CampaignResult result(
      Answers.Difference difference, List<String> stuck, List<String> wrongEnds) {
    return new CampaignResult(
        PLAN,
        List.of(new DoneFault(FAULT, 0, 1, "broker 1 killed", true)),
        21.37,
        difference,
        stuck,
        Map.of("kill-leader", 3200L),
        1,
        wrongEnds,
        Optional.empty());
  }
}
