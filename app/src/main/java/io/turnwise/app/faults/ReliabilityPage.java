package io.turnwise.app.faults;

import io.turnwise.app.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The part of {@code docs/reference/reliability.md} that campaigns write. It lies between two
 * comments; what is outside them, another command's part among it, is left as it is.
 *
 * @param command the command line that gives the same campaigns
 * @param leftOut kinds that this machine could not have, and why
 * @param quietMillis longest gap of the run without faults
 * @param records records of the run without faults
 * @param calls how many calls were played
 * @param revision of the application
 */
record ReliabilityPage(
    FaultsReport report,
    String command,
    long seed,
    Map<FaultKind, String> leftOut,
    long quietMillis,
    int records,
    int calls,
    Duration took,
    String revision,
    Machine machine) {
  private static final String BEGIN = "<!-- begin: turnwise bench faults -->";
  private static final String END = "<!-- end: turnwise bench faults -->";
  private static final long INSTANCE_TARGET_MILLIS = 15_000;
  private static final long BROKER_TARGET_MILLIS = 5_000;
  private static final List<FaultKind> WITH_TARGET =
      List.of(
          FaultKind.INSTANCE_KILLED,
          FaultKind.INSTANCE_KILLED_INFERRING,
          FaultKind.INSTANCE_KILLED_IN_TRANSACTION,
          FaultKind.BROKER_LEADER_KILLED,
          FaultKind.BROKER_CONTROLLER_KILLED);

  ReliabilityPage {
    leftOut = Map.copyOf(leftOut);
  }

  /**
   * Puts the part into a page, in place of the one that is there.
   *
   * @throws CommandFailed if the page cannot be read or written, or has not the two comments
   */
  void writeTo(Path page) {
    try {
      String before =
          Files.exists(page) ? Files.readString(page) : "# Reliability\n\n" + BEGIN + END;
      int begin = before.indexOf(BEGIN);
      int end = before.indexOf(END);
      if (begin < 0 || end < begin) {
        throw new CommandFailed(
            page + " has no part for the campaigns; put in the lines " + BEGIN + " and " + END);
      }
      Files.writeString(
          page,
          before.substring(0, begin) + BEGIN + "\n" + markdown() + "\n" + before.substring(end));
    } catch (IOException e) {
      throw new CommandFailed(page + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** The part, without the comments. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append("`").append(command).append("`\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "%d campaigns, seed %d, %d faults: **%d lost, %d duplicated**, %d invented, %d"
                + " reordered, %d stuck, %d broken off; %d of %d campaigns byte-equal to the run"
                + " without faults, longest gap %d ms. Instances gave up and were started again %d"
                + " times. %d calls with %d records of embeddings and changes were compared in each."
                + " It took %d minutes with revision %s on %s. Without faults the longest gap was"
                + " %d ms.\n\n",
            report.results().size(),
            seed,
            report.tried(),
            report.lost(),
            report.duplicated(),
            report.invented(),
            report.reordered(),
            report.stuck(),
            report.brokeOff(),
            report.byteEqual(),
            report.results().size(),
            report.maxGapMillis(),
            report.ownEnds(),
            calls,
            records,
            took.toMinutes(),
            revision,
            machine.description(),
            quietMillis));
    text.append(kinds()).append('\n');
    text.append(targets()).append('\n');
    text.append(campaigns());
    return text.toString();
  }

  private String kinds() {
    StringBuilder table =
        new StringBuilder(
            "| Fault | What is done | Campaigns | Byte-equal | Longest gap, alone | with another"
                + " under way |\n|---|---|---|---|---|---|\n");
    for (FaultKind kind : FaultKind.values()) {
      List<CampaignResult> with =
          report.results().stream().filter(result -> result.tried(kind)).toList();
      table.append(
          String.format(
              Locale.ROOT,
              "| `%s` | %s | %s | %d | %s | %s |\n",
              kind.id(),
              kind.meaning(),
              leftOut.containsKey(kind)
                  ? "left out: " + leftOut.get(kind)
                  : Integer.toString(with.size()),
              with.stream().filter(CampaignResult::byteEqual).count(),
              millis(longestGap(kind, true)),
              millis(longestGap(kind, false))));
    }
    return table.toString();
  }

  private String targets() {
    List<String> lines = new ArrayList<>();
    for (FaultKind kind : WITH_TARGET) {
      boolean broker =
          kind == FaultKind.BROKER_LEADER_KILLED || kind == FaultKind.BROKER_CONTROLLER_KILLED;
      long target = broker ? BROKER_TARGET_MILLIS : INSTANCE_TARGET_MILLIS;
      long[] gaps =
          report.results().stream()
              .flatMap(result -> result.gapMillis().entrySet().stream())
              .filter(gap -> gap.getKey().equals(kind.id()))
              .mapToLong(Map.Entry::getValue)
              .sorted()
              .toArray();
      if (gaps.length > 0) {
        lines.add(
            String.format(
                Locale.ROOT,
                "- `%s`, target %d ms: median %d ms, longest %d ms, within it %d of %d.",
                kind.id(),
                target,
                gaps[gaps.length / 2],
                gaps[gaps.length - 1],
                Arrays.stream(gaps).filter(gap -> gap <= target).count(),
                gaps.length));
      }
    }
    return lines.isEmpty()
        ? ""
        : "Longest gap of a campaign while nothing else was under way:\n\n"
            + String.join("\n", lines)
            + "\n";
  }

  private String campaigns() {
    StringBuilder table =
        new StringBuilder(
            "| Campaign | Faults | Seconds | Longest gap, ms | Outcome |\n|---|---|---|---|---|\n");
    for (CampaignResult result : report.results()) {
      table.append(
          String.format(
              Locale.ROOT,
              "| %d | %s | %.1f | %s | %s |\n",
              result.plan().number(),
              result.plan().faults().stream()
                  .map(planned -> planned.kind().id() + ": " + result.detail(planned))
                  .collect(Collectors.joining("; ")),
              result.seconds(),
              new TreeMap<>(result.gapMillis())
                  .entrySet().stream()
                      .map(gap -> gap.getValue() + " " + gap.getKey())
                      .collect(Collectors.joining(", ")),
              outcome(result)));
    }
    return table.toString();
  }

  private static String outcome(CampaignResult result) {
    List<String> parts = new ArrayList<>();
    parts.add(result.byteEqual() ? "byte-equal" : difference(result));
    parts.addAll(result.wrongEnds());
    return String.join("; ", parts);
  }

  private static String difference(CampaignResult result) {
    return result
        .error()
        .map(error -> "broke off: " + error.replaceAll("[|\\s]+", " "))
        .orElse(
            String.format(
                Locale.ROOT,
                "%d lost, %d duplicated, %d invented, %d reordered, %d stuck",
                result.difference().lost(),
                result.difference().duplicated(),
                result.difference().invented(),
                result.difference().reordered(),
                result.stuck().size()));
  }

  private OptionalLong longestGap(FaultKind kind, boolean alone) {
    return report.results().stream()
        .flatMap(result -> result.gapMillis().entrySet().stream())
        .filter(
            gap ->
                alone
                    ? gap.getKey().equals(kind.id())
                    : gap.getKey().contains("+")
                        && List.of(gap.getKey().split("\\+")).contains(kind.id()))
        .mapToLong(Map.Entry::getValue)
        .max();
  }

  private static String millis(OptionalLong millis) {
    return millis.isPresent() ? millis.getAsLong() + " ms" : "";
  }
}
