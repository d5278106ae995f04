package io.turnwise.app.models;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.trials.Length;
import io.turnwise.app.trials.TrialReport;
import io.turnwise.app.trials.Trials;
import io.turnwise.conversion.quantize.Agreement;
import io.turnwise.conversion.quantize.CalibrationSound;
import io.turnwise.conversion.quantize.Quantized;
import io.turnwise.conversion.quantize.Quantizer;
import io.turnwise.conversion.quantize.WeightBits;
import io.turnwise.inference.calibration.Channel;
import io.turnwise.inference.features.Features;
import io.turnwise.inference.model.KnownModel;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a model's int8 twin. */
@Command(
    name = "quantize",
    description = {
      "Turns a model's convolutions into int8 ones, calibrated with recordings of speech.",
      "",
      "Activations become unsigned bytes, weights signed ones with a scale for each output channel;"
          + " pooling and what follows it stays in float32. Of several ways to choose the"
          + " activations' ranges the one is kept whose embeddings are nearest to the float"
          + " model's on the calibration recordings. Every fifth window of these takes no part and"
          + " gives the cosines that are printed."
    },
    footer = {
      "  turnwise models quantize models/turnwise-starter.onnx starter-int8.onnx --calibrate speech/"
    })
public final class QuantizeCommand implements Callable<Integer> {
  private static final Length SEGMENT = new Length(1.5);

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "IN.onnx",
      description = "The float32 model: an ONNX file, or a name of models/manifest.json.")
  private String in;

  @Parameters(
      index = "1",
      paramLabel = "OUT.onnx",
      description = "The file to write; replaced where it exists.")
  private Path out;

  @Option(
      names = "--calibrate",
      required = true,
      paramLabel = "DIR",
      description =
          "WAV files of speech, in folders at will: of many voices and of the channels that will be"
              + " heard; 200 windows of 1.5 s are plenty.")
  private Path calibrate;

  @Option(
      names = "--weight-bits",
      paramLabel = "7|8",
      defaultValue = "7",
      description =
          "8 only for machines that sum bytes in 32 bits (x86 with VNNI, ARM): elsewhere sums"
              + " saturate and embeddings are wrong (default: ${DEFAULT-VALUE}).")
  private int weightBits;

  @Option(
      names = "--trials",
      paramLabel = "DIR",
      description =
          "Recordings of known speakers, a folder each: prints the equal-error rates of both models"
              + " at 1.5 s. Chooses nothing.")
  private Optional<Path> trials;

  @Override
  public Integer call() {
    Quantizer quantizer = new Quantizer(WeightBits.of(weightBits));
    ModelCatalog catalog = Installation.models();
    // Uncalibrated, as the twin is: where one of the two is centred, their rates do not compare.
    Model model = catalog.findUncalibrated(in);
    requirePlace(model);
    Optional<Trials> known = trials.map(QuantizeCommand::read);
    List<Features> windows = CalibrationSound.read(calibrate);
    Quantized quantized = quantizer.quantize(model, windows);
    write(quantized.file());
    // No folders: what the manifest says of a file that was there before is not true of this one.
    Model twin = new ModelCatalog(List.of()).findUncalibrated(out.toAbsolutePath().toString());
    PrintWriter print = spec.commandLine().getOut();
    print(print, model, twin, windows.size(), quantized);
    print.flush();
    noteStaleEntry(catalog, twin);
    known.ifPresent(speakers -> compare(print, speakers, model, twin));
    return 0;
  }

  /** What can be seen to fail at the end is refused before the work. */
  private void requirePlace(Model model) {
    if (Files.isDirectory(out)) {
      throw new CommandFailed(out + " is a folder; name a file.");
    }
    Path folder = out.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new CommandFailed(
          "The model cannot be written to "
              + out
              + ": there is no folder "
              + folder
              + "; make it"
              + " first.");
    }
    if (Files.isRegularFile(out) && Digest.of(out).equals(model.fingerprint())) {
      throw new CommandFailed(
          out + " holds the model that is to be quantized; choose another file for its twin.");
    }
  }

  /** The manifest's digest for this file was another file's: by its name it is refused now. */
  private void noteStaleEntry(ModelCatalog catalog, Model twin) {
    for (KnownModel known : catalog.known()) {
      if (!known.sha256().equals(twin.fingerprint()) && isFileOf(catalog, known)) {
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
            "%s is the file of %s in the manifest: correct sha256 and bytes there, and calibrate it"
                + " anew; until then it is refused.%n",
            out, known.name());
        err.flush();
      }
    }
  }

  private boolean isFileOf(ModelCatalog catalog, KnownModel known) {
    return catalog.folders().stream()
        .map(folder -> folder.resolve(known.file()))
        .filter(Files::isRegularFile)
        .anyMatch(this::isOut);
  }

  private boolean isOut(Path file) {
    try {
      return Files.isSameFile(file, out);
    } catch (IOException e) {
      throw new CommandFailed("Cannot look at " + file + " (" + e + "); check its folder.", e);
    }
  }

  private void write(byte[] file) {
    Path whole = out.toAbsolutePath();
    try {
      Path part = Files.createTempFile(whole.getParent(), ".turnwise-", ".onnx.part");
      try {
        Files.write(part, file);
        Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new CommandFailed(
          "The model cannot be written to " + out + " (" + e + "); choose another file.", e);
    }
  }

  private void print(PrintWriter print, Model model, Model twin, int windows, Quantized quantized) {
    Agreement heldOut = quantized.heldOut();
    line(print, "model", "%s -> %s", model.name(), out);
    line(
        print,
        "int8",
        "%d convolutions, %d additions, weights of %d bits; %d convolutions stay in float32",
        quantized.convolutions(),
        quantized.additions(),
        weightBits,
        quantized.left());
    line(
        print,
        "ranges",
        "%s; 1 - cosine on %d windows: %s",
        quantized.ranges(),
        windows - heldOut.windows(),
        quantized.tried().entrySet().stream()
            .map(way -> String.format(Locale.ROOT, "%s %.5f", way.getKey(), way.getValue()))
            .collect(Collectors.joining(", ")));
    line(
        print,
        "cosine to float32",
        "%.5f mean, %.5f least, on %d windows held out",
        heldOut.mean(),
        heldOut.least(),
        heldOut.windows());
    line(print, "size", "%,d -> %,d bytes", model.bytes().length, twin.bytes().length);
    line(print, "sha256", "%s", twin.fingerprint());
  }

  private static Trials read(Path folder) {
    try (SpeechGate.Factory gates = SpeechGates.named(SpeechGates.ENERGY)) {
      return Trials.read(folder, gates);
    }
  }

  private static void compare(PrintWriter print, Trials speakers, Model model, Model twin) {
    TrialReport before = evaluated(speakers, model);
    TrialReport after = evaluated(speakers, twin);
    for (Channel channel : Channel.values()) {
      line(
          print,
          "EER at 1.5 s",
          "%.2f -> %.2f %%, %s",
          100 * before.equalErrorRate(channel, SEGMENT),
          100 * after.equalErrorRate(channel, SEGMENT),
          switch (channel) {
            case WIDE_BAND -> "as recorded";
            case TELEPHONE -> "by telephone";
            case ONE_SIDE -> "one side by telephone";
          });
    }
    print.flush();
  }

  private static TrialReport evaluated(Trials trials, Model model) {
    try (SpeakerEmbedder embedder = SpeakerEmbedder.openForAnyLength(model)) {
      return trials.evaluate(embedder, List.of(SEGMENT));
    }
  }

  private static void line(PrintWriter print, String name, String format, Object... values) {
    print.printf(Locale.ROOT, "%-18s " + format + "%n", prepend(name, values));
  }

  private static Object[] prepend(String first, Object[] rest) {
    Object[] all = new Object[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }
}
