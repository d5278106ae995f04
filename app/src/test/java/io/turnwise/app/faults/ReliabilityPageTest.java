package io.turnwise.app.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReliabilityPageTest {
  private static final PlannedFault KILLED = new PlannedFault(FaultKind.INSTANCE_KILLED, 0.2, 7);
  private static final PlannedFault CLOCK = new PlannedFault(FaultKind.CLOCK_JUMPED, 0.6, 8);

  @TempDir private Path folder;

  @Test
  void shouldReplaceItsPartAndLeaveTheRestAsItIs() throws IOException {
    // Given
    Path page = folder.resolve("page.md");
    Files.writeString(
        page,
        "before\n<!-- begin: turnwise bench faults -->\nold\n<!-- end: turnwise bench faults -->\n"
            + "after\n");

    // When
    page().writeTo(page);

    // Then
    String text = Files.readString(page);
    assertTrue(text.startsWith("before\n<!-- begin: turnwise bench faults -->\n`turnwise"), text);
    assertTrue(text.endsWith("<!-- end: turnwise bench faults -->\nafter\n"), text);
    assertTrue(!text.contains("old"), text);
  }

  @Test
  void shouldWriteTheSameAgainOverItself() throws IOException {
    // Given
    Path page = folder.resolve("page.md");
    page().writeTo(page);
    String once = Files.readString(page);

    // When
    page().writeTo(page);

    // Then
    assertEquals(once, Files.readString(page));
  }

  @Test
  void shouldRefuseAPageWithoutItsPart() throws IOException {
    // Given
    Path page = folder.resolve("page.md");
    Files.writeString(page, "something else");

    // When
    CommandFailed failed = assertThrows(CommandFailed.class, () -> page().writeTo(page));

    // Then
    assertTrue(failed.getMessage().contains("<!-- begin: turnwise bench faults -->"));
    assertEquals("something else", Files.readString(page));
  }

  @Test
  void shouldSayWhatWasLostAndHowLongOutputsStoodStill() {
    // When
    String text = page().markdown();

    // Then
    assertTrue(text.contains("2 campaigns, seed 5, 2 faults: **3 lost, 1 duplicated**"), text);
    assertTrue(text.contains("1 of 2 campaigns byte-equal"), text);
    assertTrue(text.contains("with revision abc1234 on a machine"), text);
    assertTrue(text.contains("longest gap 14000 ms"), text);
    assertTrue(
        text.contains(
            "`kill-instance`, target 15000 ms: median 14000 ms, longest 14000 ms, within it 2 of"
                + " 2."),
        text);
    assertTrue(text.contains("left out: no libfaketime"), text);
    assertTrue(text.contains("3 lost, 1 duplicated, 0 invented, 0 reordered, 1 stuck"), text);
  }

  @Test
  void shouldNotCountAFaultThatCameWhenNothingWasLeftToSpoil() {
    // When
    String text =
        page(result(new Answers.Difference(0, 0, 0, 0, List.of()), 9000, List.of())).markdown();

    // Then
    assertTrue(text.contains("1 campaigns, seed 5, 1 faults:"), text);
    assertTrue(text.contains("clock-jump: clock stepped (nothing was left to spoil)"), text);
    assertTrue(
        text.contains(
            "| `kill-instance` | kill -9 of an application instance at any moment | 1 | 1 |"),
        text);
  }

  @Test
  void shouldSayWhyACampaignBrokeOffAndWhatItWasToBe() {
    // Given
    CampaignPlan plan = new CampaignPlan(3, List.of(KILLED, CLOCK));

    // When
    String text = page(CampaignResult.failed(plan, "no | answer\nat all")).markdown();

    // Then
    assertTrue(
        text.contains(
            "| 3 | kill-instance: not carried out; clock-jump: not carried out | 0.0 |  |"
                + " broke off: no answer at all |"),
        text);
  }

  @Test
  void shouldSayThatAnInstanceEndedOtherwiseThanToldBesideItsOutputs() {
    // Given
    CampaignResult result =
        result(
            new Answers.Difference(0, 0, 0, 0, List.of()),
            9000,
            List.of(),
            List.of("instance-1 ended with 134 when it was told to stop"));

    // When
    String text = page(result).markdown();

    // Then
    assertTrue(
        text.contains("| byte-equal; instance-1 ended with 134 when it was told to stop |"), text);
    assertTrue(text.contains("1 of 1 campaigns byte-equal"), text);
  }

  private static ReliabilityPage page() {
    return page(
        result(new Answers.Difference(0, 0, 0, 0, List.of()), 9000, List.of()),
        result(new Answers.Difference(3, 1, 0, 0, List.of("here")), 14_000, List.of("call")));
  }

  private static ReliabilityPage page(CampaignResult... results) {
    return new ReliabilityPage(
        FaultsReport.of(List.of(results)),
        "turnwise bench faults --campaigns 2 --seed 5",
        5,
        Map.of(FaultKind.CLOCK_JUMPED, "no libfaketime"),
        1200,
        355,
        6,
        Duration.ofMinutes(2),
        "abc1234",
        new Machine("a machine"));
  }

  private static CampaignResult result(
      Answers.Difference difference, long gapMillis, List<String> stuck) {
    return result(difference, gapMillis, stuck, List.of());
  }

  private static CampaignResult result(
      Answers.Difference difference, long gapMillis, List<String> stuck, List<String> wrongEnds) {
    return new CampaignResult(
        new CampaignPlan(1, List.of(KILLED, CLOCK)),
        List.of(
            new DoneFault(KILLED, 0, 1, "instance-1 killed", true),
            new DoneFault(CLOCK, 2, 2, "clock stepped", false)),
        20,
        difference,
        stuck,
        Map.of("kill-instance", gapMillis, "clock-jump+kill-instance", 2000L),
        0,
        wrongEnds,
        Optional.empty());
  }
}
