package io.turnwise.app.parity;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.parity.ParityReport.Difference;
import io.turnwise.app.parity.ParityReport.Row;
import io.turnwise.app.parity.References.Excerpt;
import io.turnwise.inference.features.Fbank;
import io.turnwise.inference.features.Features;
import io.turnwise.inference.model.Cosine;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how near our features and embeddings come to the reference's. */
@Command(
    name = "parity",
    description = {
      "Compares the front end and the models with what reference implementations made of the same"
          + " excerpts, and prints a report as Markdown.",
      "",
      "Fails where a limit does not hold on any excerpt: features within 1e-3 at most and 1e-5 on"
          + " average, in natural log units; embeddings of cosine 0.99999 at least."
    },
    footer = {"  turnwise parity", "  turnwise parity --out docs/reference/parity.md"})
public final class ParityCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--shared",
      paramLabel = "DIR",
      description =
          "Folder with reference/fbank/vectors.json, its recordings and models/ (default:"
              + " ../shared beside the installation).")
  private Path shared;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "File to write the report to as well; replaced where it exists.")
  private Path out;

  @Override
  public Integer call() {
    Path home = Installation.home().toAbsolutePath().normalize();
    ParityReport report =
        measured(new References(shared == null ? home.resolveSibling("shared") : shared));
    String page = report.markdown();
    PrintWriter screen = spec.commandLine().getOut();
    screen.print(page);
    screen.flush();
    if (out != null) {
      try {
        Files.writeString(out, page);
      } catch (IOException e) {
        throw new CommandFailed(
            "The report cannot be written to " + out + " (" + e + "); name another --out.", e);
      }
    }
    if (!report.holds()) {
      throw new CommandFailed(
          "There is no parity with the reference on "
              + String.join(", ", report.failing())
              + "; compare what was changed last in the front end or the runtime.");
    }
    return 0;
  }

  private static ParityReport measured(References references) {
    List<Excerpt> excerpts = references.excerpts();
    SortedMap<String, SpeakerEmbedder> embedders = new TreeMap<>();
    try {
      for (Excerpt excerpt : excerpts) {
        for (String model : excerpt.embeddings().keySet()) {
          embedders.computeIfAbsent(
              model,
              name ->
                  SpeakerEmbedder.openForAnyLength(
                      new ModelCatalog(List.of())
                          .findUncalibrated(references.model(name).toString())));
        }
      }
      List<Row> rows = new ArrayList<>();
      for (Excerpt excerpt : excerpts) {
        rows.add(row(excerpt, embedders));
      }
      return new ParityReport(rows, machine());
    } finally {
      embedders.values().forEach(SpeakerEmbedder::close);
    }
  }

  private static Row row(Excerpt excerpt, SortedMap<String, SpeakerEmbedder> embedders) {
    float[] samples = excerpt.samples();
    Features features = new Fbank().compute(samples, 0, samples.length);
    Features centred = new Fbank().computeCentred(samples, 0, samples.length);
    boolean[] speech = new boolean[samples.length / SpeechGate.FRAME];
    Arrays.fill(speech, true);
    SortedMap<String, Double> cosines = new TreeMap<>();
    excerpt
        .embeddings()
        .forEach(
            (model, expected) ->
                cosines.put(
                    model, Cosine.of(expected, embedders.get(model).embed(samples, speech))));
    return new Row(
        String.format(Locale.ROOT, "%s from %s s", excerpt.recording(), excerpt.start()),
        features.frames(),
        Difference.of(excerpt.features(), features.values()),
        Difference.of(excerpt.centred(), centred.values()),
        cosines);
  }

  /** Nothing of who measured, where or when. */
  private static String machine() {
    return System.getProperty("os.name")
        + " on "
        + System.getProperty("os.arch")
        + ", Java "
        + Runtime.version().feature()
        + ", ONNX Runtime "
        + SpeakerEmbedder.runtimeVersion()
        + " on the CPU";
  }
}
