package io.turnwise.app.pyannote;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.evaluate.DiarizationError;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.CalibrationFile;
import io.turnwise.inference.model.ModelCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Derives a model's threshold from embeddings that somebody else computed with it. */
@Command(
    name = "threshold",
    description = {
      "Derives the threshold of a model that is not at hand from what pyannote.audio's diarization"
          + " pipeline computed with it: one folder a recording, inside it raw_embeddings.npz"
          + " (windows of 10 s every second, local speakers, dimension), segmentations.npz (windows,"
          + " frames, local speakers) and reference.rttm.",
      "",
      "Prints, by recording and by seconds of speech that an embedding rests on, the number of pairs"
          + " of one and of two speakers from windows that share no sample, their mean cosines, the"
          + " equal-error rate and its threshold, and the error at the mean threshold of the other"
          + " recordings. Then the threshold for segments of 1.5 s, and what the tracker makes of"
          + " the recordings at it."
    },
    footer = "  turnwise models threshold ../shared/reference/resnet34-lm-embeddings")
public final class ThresholdCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder with one folder a recording.")
  private Path folder;

  @Option(
      names = "--threshold",
      split = ",",
      paramLabel = "X",
      description =
          "Thresholds at which the tracker runs over the recordings (default: the one that was"
              + " derived, and that of 5 to 10 s of speech).")
  private List<Double> thresholds = List.of();

  @Override
  public Integer call() {
    SortedMap<String, ReferenceRecording> recordings = ReferenceRecording.all(folder);
    SortedMap<String, LocalSpeakerTrials> trials = new TreeMap<>();
    recordings.forEach(
        (name, recording) ->
            trials.put(name, LocalSpeakerTrials.of(recording.speakers(), recording.reference())));
    ThresholdReport report = new ThresholdReport(trials, calibration());
    PrintWriter screen = spec.commandLine().getOut();
    screen.print(report.table());
    List<Double> wanted = new ArrayList<>(thresholds);
    if (wanted.isEmpty()) {
      report.threshold().ifPresent(wanted::add);
      report.direct(ThresholdReport.LONG).ifPresent(wanted::add);
    }
    wanted.forEach(threshold -> screen.print(tracked(recordings, threshold)));
    screen.flush();
    return 0;
  }

  /** What the starter model says about lengths: it ships, and its cosines are plain. */
  private static Calibration calibration() {
    Path file =
        Installation.home()
            .resolve("models")
            .resolve(ModelCatalog.DEFAULT + CalibrationFile.SUFFIX);
    try {
      return CalibrationFile.read(Files.readAllBytes(file)).calibration();
    } catch (IOException e) {
      throw new CommandFailed(
          file
              + " cannot be read ("
              + e
              + "), and thresholds are carried from one length to another by it; put it back.",
          e);
    }
  }

  private static String tracked(
      SortedMap<String, ReferenceRecording> recordings, double threshold) {
    StringBuilder text =
        new StringBuilder(String.format(Locale.ROOT, "%ntracker at %.3f%n", threshold));
    recordings.forEach(
        (name, recording) -> {
          DiarizationError error = recording.error(threshold);
          text.append(
              String.format(
                  Locale.ROOT,
                  "  %s: DER %.2f%%, miss %.2f%%, false alarm %.2f%%, confusion %.2f%%,"
                      + " speakers %d -> %d%n",
                  name,
                  100 * error.rate(),
                  100 * error.fraction(error.miss()),
                  100 * error.fraction(error.falseAlarm()),
                  100 * error.fraction(error.confusion()),
                  error.refSpeakers(),
                  error.hypSpeakers()));
        });
    return text.toString();
  }
}
