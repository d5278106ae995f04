package io.turnwise.app.trials;

import io.turnwise.app.CommandFailed;
import io.turnwise.inference.audio.UnusableAudio;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.Calibration.Point;
import io.turnwise.inference.calibration.Channel;
import io.turnwise.inference.calibration.RatioFit;
import io.turnwise.inference.speech.SpeechGate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Speech of speakers that a calibration is fitted on. Whoever it is used to judge must be none of
 * them. Immutable.
 *
 * <p>What a speaker says is joined and cut into equal parts, {@value #PARTS} at most and none
 * shorter than the stretches, and the loudest stretch of each part is taken: pairs of one speaker
 * may come from one recording and never share samples.
 */
public final class TrainingSpeech {
  /** The lengths that are fitted, in seconds. */
  private static final double[] LENGTHS = {1, 1.5, 2, 3, 5, 10};

  private static final int PARTS = 4;

  /** Fewer would say more about themselves than about speakers. */
  private static final int LEAST_SPEAKERS = 10;

  private final List<Stretch> speakers;

  private TrainingSpeech(List<Stretch> speakers) {
    this.speakers = List.copyOf(speakers);
  }

  /**
   * Reads one folder a speaker, one WAV file or more of one channel inside.
   *
   * @throws CommandFailed naming every file and folder at fault, or if there are too few speakers
   */
  public static TrainingSpeech read(Path folder, SpeechGate.Factory gates) {
    List<String> faults = new ArrayList<>();
    List<Stretch> speakers = new ArrayList<>();
    for (Path speaker : Trials.listed(folder).stream().filter(Files::isDirectory).toList()) {
      List<Stretch> recordings = new ArrayList<>();
      for (Path file : Trials.listed(speaker).stream().filter(Trials::isWav).toList()) {
        try {
          recordings.add(Trials.stretch(file, gates));
        } catch (UnusableAudio e) {
          faults.add(e.getMessage());
        }
      }
      if (!recordings.isEmpty()) {
        speakers.add(joined(recordings));
      }
    }
    if (faults.isEmpty() && speakers.size() < LEAST_SPEAKERS) {
      faults.add(
          folder
              + " has WAV files of "
              + speakers.size()
              + " speakers, and "
              + LEAST_SPEAKERS
              + " are the least");
    }
    if (!faults.isEmpty()) {
      throw new CommandFailed(
          "Nothing was calibrated: "
              + String.join("; ", faults)
              + ". Add or repair what is named, or take it away.");
    }
    return new TrainingSpeech(speakers);
  }

  private static Stretch joined(List<Stretch> recordings) {
    int frames = recordings.stream().mapToInt(recording -> recording.speech().length).sum();
    float[] samples = new float[frames * SpeechGate.FRAME];
    boolean[] speech = new boolean[frames];
    int at = 0;
    for (Stretch recording : recordings) {
      int own = recording.speech().length;
      System.arraycopy(
          recording.samples(), 0, samples, at * SpeechGate.FRAME, own * SpeechGate.FRAME);
      System.arraycopy(recording.speech(), 0, speech, at, own);
      at += own;
    }
    return new Stretch(samples, speech);
  }

  /**
   * What was fitted.
   *
   * @param speakers how many speakers it was fitted on
   * @param calibration the numbers
   * @param table how it came about, for people
   */
  public record Fit(int speakers, Calibration calibration, String table) {}

  /**
   * Fits a calibration. Whether embeddings are centred is decided by the error rates of half the
   * speakers with the mean of the other half: it must be lower in most lengths and channels.
   * Deterministic.
   *
   * @param embedding of the model that is calibrated
   * @throws CommandFailed if a length leaves no pairs, or the model does not tell speakers apart
   */
  public Fit fit(Trials.Embedding embedding) {
    List<Comparison> comparisons = new ArrayList<>();
    for (double seconds : LENGTHS) {
      comparisons.add(compared(new Length(seconds), embedding));
    }
    CentringTrial trial = CentringTrial.of(comparisons);
    Calibration centring =
        Calibration.of(
            trial.helps() ? CentringTrial.mean(comparisons, speaker -> true) : new float[0],
            List.of());
    List<Point> points = new ArrayList<>();
    for (Comparison raw : comparisons) {
      Comparison comparable = raw.centred(centring);
      double seconds = Math.round(100 * Arrays.stream(raw.seconds()).average().orElseThrow()) / 1e2;
      for (Channel channel : Channel.values()) {
        Comparison.Pairs pairs = comparable.cosines(channel);
        RatioFit ratio = fitted(pairs);
        points.add(point(channel, seconds, ratio));
      }
    }
    Calibration calibration = calibration(centring.mean(), points);
    return new Fit(speakers.size(), calibration, trial.table(calibration));
  }

  private static Point point(Channel channel, double seconds, RatioFit ratio) {
    try {
      return new Point(channel, seconds, rounded(ratio.slope()), rounded(ratio.intercept()));
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  /** Durations that are not apart: the gate hears hardly anybody. */
  private static Calibration calibration(float[] mean, List<Point> points) {
    try {
      return Calibration.of(mean, points);
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  private static CommandFailed unusable(IllegalArgumentException e) {
    return new CommandFailed(
        "The model cannot be calibrated on this speech ("
            + e.getMessage()
            + "); use other speech, another --gate or another model.",
        e);
  }

  private Comparison compared(Length length, Trials.Embedding embedding) {
    List<Stretch> stretches = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    for (int speaker = 0; speaker < speakers.size(); speaker++) {
      Stretch all = speakers.get(speaker);
      int parts = Math.min(PARTS, all.samples().length / length.samples());
      for (int part = 0; part < parts && parts > 1; part++) {
        int frames = all.speech().length;
        int from = (int) ((long) frames * part / parts) * SpeechGate.FRAME;
        int to = (int) ((long) frames * (part + 1) / parts) * SpeechGate.FRAME;
        stretches.add(all.part(from, to).loudest(length));
        owners.add(speaker);
      }
    }
    if (owners.stream().distinct().count() < LEAST_SPEAKERS) {
      throw new CommandFailed(
          "Fewer than "
              + LEAST_SPEAKERS
              + " speakers have two stretches of "
              + length.name()
              + " s; add longer recordings.");
    }
    return Comparison.of(
        owners.stream().mapToInt(Integer::intValue).toArray(), stretches, embedding);
  }

  private static RatioFit fitted(Comparison.Pairs pairs) {
    try {
      return RatioFit.of(pairs.same(), pairs.different());
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  /** Six digits after the point are far more than the speech can say, and stay readable. */
  private static double rounded(double value) {
    return Math.round(value * 1e6) / 1e6;
  }
}
