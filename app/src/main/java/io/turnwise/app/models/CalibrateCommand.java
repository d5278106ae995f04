package io.turnwise.app.models;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.trials.TrainingSpeech;
import io.turnwise.inference.calibration.CalibrationFile;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures what a model's cosines mean. */
@Command(
    name = "calibrate",
    description = {
      "Fits what a model's cosines mean: whether and how its embeddings are centred, and the"
          + " log-likelihood ratio of a cosine by duration of speech and by channel. Writes it to a"
          + " file that belongs to this very model.",
      "",
      "Prints, for each channel and length, error rates without and with centring (of half the"
          + " speakers with the mean of the other half; it is used where it helps in most rows),"
          + " the ratio's slope and intercept, and the cosine at which it is 0."
    },
    footer = {
      "  turnwise models calibrate my-model --speech voices",
      "  turnwise models calibrate path/to/mine.onnx --speech voices"
    })
public final class CalibrateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      description = "A model of models/manifest.json, or an ONNX file.")
  private String model;

  @Option(
      names = "--speech",
      required = true,
      paramLabel = "DIR",
      description =
          "Folder with one folder a speaker and WAV files of one channel inside; none of the"
              + " speakers the model will be judged by.")
  private Path speech;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "File to write; replaced where it exists (default: where the model's calibration is looked"
              + " for: beside the manifest that has the model, else beside the ONNX file).")
  private Path out;

  @Option(
      names = "--gate",
      paramLabel = "GATE",
      defaultValue = SpeechGates.ENERGY,
      description =
          "Speech gate that says how much speech there is: energy, or silero:PATH (default:"
              + " ${DEFAULT-VALUE}).")
  private String gate;

  @Override
  public Integer call() {
    try (SpeechGate.Factory gates = SpeechGates.named(gate)) {
      Model found = Installation.models().findUncalibrated(model);
      Path file = out == null ? Installation.models().calibrationFile(model, found) : out;
      requirePlace(file);
      TrainingSpeech voices = TrainingSpeech.read(speech, gates);
      TrainingSpeech.Fit fit;
      try (SpeakerEmbedder embedder = SpeakerEmbedder.openForAnyLength(found)) {
        fit = voices.fit(embedder::embed);
      }
      write(
          file,
          new CalibrationFile(found.name(), found.fingerprint(), fit.speakers(), fit.calibration())
              .json());
      PrintWriter screen = spec.commandLine().getOut();
      screen.print(fit.table());
      screen.printf(
          "%s: %d speakers, %s -> %s%n",
          found.name(),
          fit.speakers(),
          fit.calibration().centres() ? "centred" : "not centred",
          file);
      screen.flush();
    }
    return 0;
  }

  /** What can be seen to fail at the end is refused before the work. */
  private static void requirePlace(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new CommandFailed(
          "The calibration cannot be written to "
              + file
              + ": there is no folder "
              + folder
              + "; make it first, or name another --out.");
    }
  }

  private static void write(Path file, String json) {
    try {
      Files.writeString(file, json);
    } catch (IOException e) {
      throw new CommandFailed(
          "The calibration cannot be written to " + file + " (" + e + "); name another --out.", e);
    }
  }
}
