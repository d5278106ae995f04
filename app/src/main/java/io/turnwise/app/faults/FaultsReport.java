package io.turnwise.app.faults;

import io.turnwise.app.JsonLine;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What came of all campaigns, in words and as JSON. */
record FaultsReport(List<CampaignResult> results) {
  FaultsReport {
    results = List.copyOf(results);
  }

  static FaultsReport of(List<CampaignResult> results) {
    return new FaultsReport(results);
  }

  boolean passed() {
    return !results.isEmpty() && results.stream().allMatch(CampaignResult::passed);
  }

  int lost() {
    return results.stream().mapToInt(result -> result.difference().lost()).sum();
  }

  int duplicated() {
    return results.stream().mapToInt(result -> result.difference().duplicated()).sum();
  }

  long maxGapMillis() {
    return results.stream().mapToLong(CampaignResult::longestGapMillis).max().orElse(0);
  }

  /**
   * Why the command fails.
   *
   * @param folder where the logs are
   */
  String fault(Path folder) {
    String numbers =
        results.stream()
            .filter(result -> !result.passed())
            .map(result -> Integer.toString(result.plan().number()))
            .collect(Collectors.joining(", "));
    return "Not everything went as without faults in campaign "
        + numbers
        + "; see the journals and logs in "
        + folder
        + ", and run one alone with --only.";
  }

  int invented() {
    return results.stream().mapToInt(result -> result.difference().invented()).sum();
  }

  int reordered() {
    return results.stream().mapToInt(result -> result.difference().reordered()).sum();
  }

  long byteEqual() {
    return results.stream().filter(CampaignResult::byteEqual).count();
  }

  /** Campaigns in which not everything was processed. */
  long stuck() {
    return results.stream().filter(result -> !result.stuck().isEmpty()).count();
  }

  /** Campaigns of which nothing can be said. */
  long brokeOff() {
    return results.stream().filter(result -> result.error().isPresent()).count();
  }

  /** Faults after which outputs were still to come. */
  long tried() {
    return results.stream()
        .flatMap(result -> result.faults().stream())
        .filter(DoneFault::tried)
        .count();
  }

  /** How often an instance ended by itself and was started again. */
  int ownEnds() {
    return results.stream().mapToInt(CampaignResult::ownEnds).sum();
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%d campaigns with %d faults, %d byte-equal; %d lost, %d duplicated, %d invented,"
            + " %d reordered, %d stuck, %d broken off; longest gap %d ms.",
        results.size(),
        tried(),
        byteEqual(),
        lost(),
        duplicated(),
        invented(),
        reordered(),
        stuck(),
        brokeOff(),
        maxGapMillis());
  }

  /** The last line. */
  String json() {
    return JsonLine.of(
        json -> {
          json.writeNumberField("campaigns", results.size());
          json.writeNumberField("lost", lost());
          json.writeNumberField("duplicated", duplicated());
          json.writeNumberField("maxGapMillis", maxGapMillis());
          json.writeNumberField("faults", tried());
          json.writeNumberField("byteEqual", byteEqual());
          json.writeNumberField("invented", invented());
          json.writeNumberField("reordered", reordered());
          json.writeNumberField("stuck", stuck());
          json.writeNumberField("brokeOff", brokeOff());
        });
  }

  /** A campaign in a line. */
  static String text(CampaignResult result) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Campaign %d, %.1f s: %s; longest gap %d ms: %s",
            result.plan().number(),
            result.seconds(),
            result.plan().faults().stream()
                .map(planned -> planned.kind().id() + " (" + result.detail(planned) + ")")
                .collect(Collectors.joining(", ")),
            result.longestGapMillis(),
            verdict(result)));
    result.difference().where().forEach(line -> text.append("\n  ").append(line));
    if (!result.stuck().isEmpty()) {
      text.append("\n  stuck: not everything was processed in time");
    }
    result.wrongEnds().forEach(line -> text.append("\n  ").append(line));
    return text.toString();
  }

  private static String verdict(CampaignResult result) {
    return result
        .error()
        .map(error -> "BROKE OFF, " + error)
        .orElse(
            !result.byteEqual()
                ? "DIFFERS"
                : result.passed() ? "as without faults" : "ENDED OTHERWISE THAN TOLD");
  }

  static String json(CampaignResult result, long seed) {
    return JsonLine.of(
        json -> {
          json.writeNumberField("campaign", result.plan().number());
          json.writeNumberField("seed", seed);
          json.writeArrayFieldStart("faults");
          for (PlannedFault planned : result.plan().faults()) {
            json.writeStartObject();
            json.writeStringField("kind", planned.kind().id());
            json.writeNumberField("at", Math.round(planned.at() * 1000) / 1000.0);
            json.writeStringField("detail", result.detail(planned));
            json.writeBooleanField("tried", result.tried(planned.kind()));
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeNumberField("seconds", Math.round(result.seconds() * 10) / 10.0);
          json.writeNumberField("lost", result.difference().lost());
          json.writeNumberField("duplicated", result.difference().duplicated());
          json.writeNumberField("invented", result.difference().invented());
          json.writeNumberField("reordered", result.difference().reordered());
          json.writeNumberField("stuck", result.stuck().size());
          json.writeBooleanField("byteEqual", result.byteEqual());
          json.writeObjectFieldStart("gapMillis");
          for (Map.Entry<String, Long> gap : new TreeMap<>(result.gapMillis()).entrySet()) {
            json.writeNumberField(gap.getKey(), gap.getValue());
          }
          json.writeEndObject();
          json.writeNumberField("restartedBySupervisor", result.ownEnds());
          json.writeNumberField("endedOtherwise", result.wrongEnds().size());
          if (result.error().isPresent()) {
            json.writeStringField("error", result.error().get());
          }
        });
  }
}
