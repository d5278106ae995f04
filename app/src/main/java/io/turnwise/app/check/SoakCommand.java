package io.turnwise.app.check;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.TopologyOptions;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.segment.Segment;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Embeds for long, to see whether memory leaks. */
@Command(
    name = "soak",
    description = {
      "Embeds made-up sounds, all different, one in ten of another length, and prints what the"
          + " process holds of the machine's memory (RSS) after a warm-up and at the end.",
      "",
      "Ends with 1 if it grew by more than --limit percent. Only Linux says what a process holds;"
          + " elsewhere it is printed as unavailable."
    },
    footer = {
      "  turnwise soak",
      "  turnwise soak --runs 100000 --model models/mine.onnx",
    })
public final class SoakCommand implements Callable<Integer> {
  private static final int LEAST_RUNS = 20;

  @Spec private CommandSpec spec;

  @Mixin private TopologyOptions topology;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Embeddings to make (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--limit",
      paramLabel = "PERCENT",
      defaultValue = "5",
      description = "Growth that is too much (default: ${DEFAULT-VALUE}).")
  private double limit;

  @Override
  public Integer call() {
    if (runs < LEAST_RUNS) {
      throw new CommandFailed("--runs is " + runs + "; it must be " + LEAST_RUNS + " or more.");
    }
    if (Double.isNaN(limit)) {
      throw new CommandFailed("--limit is NaN, which no growth is above; name a number.");
    }
    TurnwiseSettings settings = topology.settings();
    Model model = Installation.models().find(settings.model());
    Soak soak;
    try (SpeakerEmbedder segments =
            SpeakerEmbedder.open(model, Segment.SAMPLES, settings.provider());
        SpeakerEmbedder anyLength = SpeakerEmbedder.openForAnyLength(model)) {
      soak = Soak.of(segments, anyLength, runs, ResidentMemory::bytes);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "model %s, %d runs%nRSS after %d runs: %s%nRSS at the end: %s%n",
        model.name(),
        soak.runs(),
        soak.warmUp(),
        mebibytes(soak.before()),
        mebibytes(soak.after()));
    boolean tooMuch = soak.growth().orElse(0) > limit;
    if (soak.growth().isPresent()) {
      out.printf(
          Locale.ROOT,
          "growth: %.1f %%, %s the limit of %s %%%n",
          soak.growth().getAsDouble(),
          tooMuch ? "above" : "within",
          limit);
    }
    out.flush();
    return tooMuch ? 1 : 0;
  }

  private static String mebibytes(OptionalLong bytes) {
    return bytes.isPresent()
        ? String.format(Locale.ROOT, "%.1f MiB", bytes.getAsLong() / 1048576.0)
        : "unavailable";
  }
}
