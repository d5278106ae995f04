package io.turnwise.app.fuzz;

import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.app.Installation;
import io.turnwise.app.JsonLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tries hostile input by the million. */
@Command(
    name = "fuzz",
    description = {
      "Feeds hostile input to the code that takes input, and says what became of it.",
      "",
      "calls and replayed-calls play a good call through the whole topology among hostile records,"
          + " and compare what is published of it with what is published of it alone. The others feed"
          + " one reader each with mutations of good input, led on by what ended in a new way."
          + " Anything but a refusal with its reason is a defect; the exit code is then 1.",
      "",
      "The same seed and number of cases make the same cases. The time is shared out evenly."
    },
    footer = {
      "  turnwise bench fuzz --seconds 600 --seed 7",
      "  turnwise bench fuzz --targets wav --cases 1000000",
      "  turnwise bench fuzz --targets calls --seed 7 --round 123 --cases 2000"
    })
public final class FuzzCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "How long, all targets together (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--cases",
      paramLabel = "N",
      description = "How many cases of each target, in place of --seconds.")
  private Long cases;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Which cases they are (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--round",
      paramLabel = "N",
      defaultValue = "0",
      description = "First round of calls and replayed-calls (default: ${DEFAULT-VALUE}).")
  private long round;

  @Option(
      names = "--targets",
      split = ",",
      paramLabel = "NAME",
      description = "Only these of: " + Campaign.NAMES + ".")
  private List<String> targets = List.of();

  @Option(names = "--json", description = "One line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    // Each dead letter has a line in the log: here they are counted instead.
    System.setProperty("org.slf4j.simpleLogger.log.io.turnwise.topology", "off");
    System.setProperty(
        "org.slf4j.simpleLogger.log.org.apache.kafka.streams.processor.internals"
            + ".RecordDeserializer",
        "off");
    if (!(seconds > 0)) {
      throw wrong("--seconds: " + seconds + " is not more than 0");
    }
    if (cases != null && cases < 1) {
      throw wrong("--cases: " + cases + " is less than 1");
    }
    if (round < 0) {
      throw wrong("--round: " + round + " is less than 0");
    }
    List<String> known = List.of(Campaign.NAMES.split(", "));
    for (String target : targets) {
      if (!known.contains(target)) {
        throw wrong("--targets: " + target + " is none of " + Campaign.NAMES);
      }
    }
    List<String> chosen = targets.isEmpty() ? known : targets;
    Campaign campaign = new Campaign(Installation.home(), seed, round);
    FuzzReport report =
        campaign.run(
            chosen,
            () ->
                cases == null ? Budget.ofSeconds(seconds / chosen.size()) : Budget.ofCases(cases));
    PrintWriter screen = spec.commandLine().getOut();
    screen.print(json ? json(report) + "\n" : table(report));
    screen.flush();
    return report.defects() == 0 ? 0 : 1;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private String table(FuzzReport report) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "seed %d, %d cases, %.1f MiB of heap at most, %d defects%n%n%-18s %12s %12s %8s %12s"
                    + "  %s%n",
                seed,
                report.cases(),
                report.peakHeapBytes() / 1048576.0,
                report.defects(),
                "target",
                "cases",
                "cases/s",
                "ends",
                "slowest ms",
                "outcomes"));
    for (Findings findings : report.findings()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-18s %12d %12.0f %8d %12.1f  %s%n",
              findings.target(),
              findings.cases(),
              findings.casesPerSecond(),
              findings.ends(),
              findings.slowestMillis(),
              findings.outcomes()));
    }
    for (Findings findings : report.findings()) {
      for (Findings.Defect defect : findings.defects()) {
        text.append(
            String.format(
                Locale.ROOT,
                "%nDEFECT %s, seed %d, case %d%n  %s%n%s",
                findings.target(),
                seed,
                defect.number(),
                defect.what(),
                defect.input().isEmpty() ? "" : "  input: " + defect.input() + "\n"));
      }
    }
    return text.toString();
  }

  private String json(FuzzReport report) {
    return JsonLine.of(
        out -> {
          out.writeNumberField("seed", seed);
          out.writeNumberField("cases", report.cases());
          out.writeNumberField("defects", report.defects());
          out.writeNumberField("peakHeapBytes", report.peakHeapBytes());
          out.writeArrayFieldStart("targets");
          for (Findings findings : report.findings()) {
            write(out, findings);
          }
          out.writeEndArray();
        });
  }

  private static void write(JsonGenerator out, Findings findings) throws IOException {
    out.writeStartObject();
    out.writeStringField("target", findings.target());
    out.writeNumberField("cases", findings.cases());
    out.writeNumberField("casesPerSecond", findings.casesPerSecond());
    out.writeNumberField("ends", findings.ends());
    out.writeNumberField("slowestMillis", findings.slowestMillis());
    out.writeNumberField("slowestCase", findings.slowestCase());
    out.writeObjectFieldStart("outcomes");
    for (var outcome : findings.outcomes().entrySet()) {
      out.writeNumberField(outcome.getKey(), outcome.getValue());
    }
    out.writeEndObject();
    out.writeNumberField("defects", findings.defectCount());
    out.writeArrayFieldStart("found");
    for (Findings.Defect defect : findings.defects()) {
      out.writeStartObject();
      out.writeNumberField("case", defect.number());
      out.writeStringField("what", defect.what());
      out.writeStringField("input", defect.input());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }
}
